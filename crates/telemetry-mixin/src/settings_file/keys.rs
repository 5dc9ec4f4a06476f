//! Every key of the file. To add one, add a row to the list of its table.

mod alertmanager;
mod alerts;
mod kubernetes;

use super::accepts::Accepts::{Address, Choice, Label, Labels, Namespace, Of, Text, Texts, Time, Word};
use super::accepts::{chosen, words};
use super::key::Key;
use super::key::Unset::{Is, Means};
use super::written::{NONE, quoted};
use crate::settings::{
    Backend, BundleFormat, DashboardTool, Histograms, LogStore, Logs, PROJECT, TraceStore, Traces, WayIn,
};

/// In the order in which they are set and shown. A store comes before what is said of it.
pub(super) fn keys() -> impl Iterator<Item = &'static Key> {
    let [critical, warning, info] = alertmanager::SEVERITIES;
    [
        GENERAL,
        alerts::KEYS,
        alertmanager::GENERAL,
        critical,
        warning,
        info,
        alertmanager::PEOPLE,
        SOURCES,
        kubernetes::KEYS,
    ]
    .into_iter()
    .flatten()
}

/// What concerns all files.
const GENERAL: &[Key] = &[
    Key {
        path: "namespace",
        meaning: "What names start with that are the platform's own, as applications are told by `TELEMETRY_NAMESPACE`.",
        unset: Is(|settings| quoted(settings.namespace.as_str())),
        accepts: Namespace(|settings, _, namespace| {
            settings.namespace = namespace;
            Ok(())
        }),
    },
    Key {
        path: "domains",
        meaning: "The domains that the files are about, by their short names or by those of their crates. The watchdog and the \
                  alerts on services that are gone are `health`'s, those on collectors `core`'s.",
        unset: Means("all"),
        accepts: Texts(|settings, _, domains| {
            settings.domains = domains;
            Ok(())
        }),
    },
    Key {
        path: "backend",
        meaning: "What keeps the metrics, evaluates the rules and answers the dashboards.",
        unset: Is(|settings| quoted(settings.backend.as_str())),
        accepts: Choice(words::<Backend>, |settings, _, word| {
            settings.backend = chosen(word)?;
            Some(())
        }),
    },
    Key {
        path: "way_in",
        meaning: "On which way applications' metrics come from the collector: what keeps them scrapes it, or it pushes over OTLP.",
        unset: Means("`\"scrape\"`; with VictoriaMetrics `\"push\"`, unless `identity.job` is `\"job\"`"),
        accepts: Choice(words::<WayIn>, |settings, _, word| {
            settings.way_in = Some(chosen(word)?);
            Some(())
        }),
    },
    Key {
        path: "jobs",
        meaning: "The jobs that rules and alerts are about and that dashboards offer, as a regular expression of Prometheus. \
                  The proofs of the alerts, which are about other jobs, are left out.",
        unset: Means("all that send the metrics"),
        accepts: Text(|settings, _, jobs| {
            settings.jobs = Some(jobs);
            Ok(())
        }),
    },
    Key {
        path: "aggregation_labels",
        meaning: "Labels that the scrape or the collector adds to every series, beside `job` and `instance`: rules and alerts \
                  keep them, dashboards let choose by them.",
        unset: Is(|_| "[]".to_owned()),
        accepts: Labels(|settings, _, labels| {
            settings.common_labels = labels;
            Ok(())
        }),
    },
    Key {
        path: "instance_label",
        meaning: "The label of `target_info` under which instances are shown, which are UUIDs.",
        unset: Is(|settings| quoted(&settings.instance_label)),
        accepts: Label(|settings, _, label| {
            settings.instance_label = label;
            Ok(())
        }),
    },
    Key {
        path: "export_interval",
        meaning: "How often metrics are exported, once in `2m` at least; Grafana's `$__rate_interval` is at least four \
                  times that.",
        unset: Is(|settings| quoted(&settings.export_interval)),
        accepts: Time(|settings, _, interval| {
            settings.export_interval = interval;
            Ok(())
        }),
    },
    Key {
        path: "rule_interval",
        meaning: "How often rules are evaluated, once in `5m` at least.",
        unset: Is(|settings| quoted(&settings.rule_interval)),
        accepts: Time(|settings, _, interval| {
            settings.rule_interval = interval;
            Ok(())
        }),
    },
    Key {
        path: "dashboards",
        meaning: "Whose dashboards are written: Grafana's, Perses', or both. The alerts' links lead to the first.",
        unset: Is(|settings| {
            let words: Vec<String> = settings.dashboards.iter().map(|tool| quoted(tool.as_str())).collect();
            format!("[{}]", words.join(", "))
        }),
        accepts: Texts(|settings, _, words| {
            settings.dashboards = DashboardTool::named(words.iter().map(String::as_str))?;
            Ok(())
        }),
    },
    Key {
        path: "histograms",
        meaning: "In which form Prometheus keeps the applications' histograms: classic ones as a counter for each bucket, native \
                  ones as one series with the metric's bounds. Every expression reads that form.",
        unset: Is(|settings| quoted(settings.histograms.as_str())),
        accepts: Choice(words::<Histograms>, |settings, _, word| {
            settings.histograms = chosen(word)?;
            Some(())
        }),
    },
    Key {
        path: "format",
        meaning: "As what the files for Grafana and Prometheus are written: as they read them, or as resources of Kubernetes.",
        unset: Is(|settings| quoted(settings.format.as_str())),
        accepts: Choice(words::<BundleFormat>, |settings, _, word| {
            settings.format = chosen(word)?;
            Some(())
        }),
    },
    Key {
        path: "runbooks_url",
        meaning: "Where the runbooks are reached; a page is `<url>/<alert>.md`.",
        unset: Is(|settings| quoted(&settings.runbooks_url)),
        accepts: Address(|settings, _, url| {
            settings.runbooks_url = url;
            Ok(())
        }),
    },
    Key {
        path: "disabled_alerts",
        meaning: "The names of alerts that there shall not be; their runbooks go with them.",
        unset: Is(|_| "[]".to_owned()),
        accepts: Texts(|settings, _, alerts| {
            settings.disabled_alerts = alerts;
            Ok(())
        }),
    },
];

/// What Grafana reads, and where it is reached itself.
const SOURCES: &[Key] = &[
    Key {
        path: "identity.job",
        meaning: "The label that tells services apart.",
        unset: Means("`\"job\"`; pushed to VictoriaMetrics `\"service_name\"`"),
        accepts: Label(|settings, _, label| {
            settings.identity.job = Some(label);
            Ok(())
        }),
    },
    Key {
        path: "identity.instance",
        meaning: "The label that tells processes of a service apart.",
        unset: Means("`\"instance\"`; pushed to VictoriaMetrics `\"service_instance_id\"`"),
        accepts: Label(|settings, _, label| {
            settings.identity.instance = Some(label);
            Ok(())
        }),
    },
    Key {
        path: "identity.info",
        meaning: "The metric of which each process has one series that carries what is known of the process, such as its host.",
        unset: Means("`\"target_info\"`; pushed to VictoriaMetrics, which makes none, `\"telemetry_process_ended\"`"),
        accepts: Label(|settings, _, metric| {
            settings.identity.info = Some(metric);
            Ok(())
        }),
    },
    Key {
        path: "grafana.url",
        meaning: "Where Grafana is reached, for the alerts' links to dashboards where `dashboards` begins with Grafana.",
        unset: Is(|settings| quoted(&settings.grafana_url)),
        accepts: Address(|settings, _, url| {
            settings.grafana_url = url;
            Ok(())
        }),
    },
    Key {
        path: "grafana.refresh",
        meaning: "How often every dashboard reloads.",
        unset: Means("each as it is declared"),
        accepts: Time(|settings, _, refresh| {
            settings.refresh = Some(refresh);
            Ok(())
        }),
    },
    Key {
        path: "grafana.all_value",
        meaning: "What All stands for in a dashboard's variables: with `.+` a series without the label is not meant.",
        unset: Means("`\".+\"`; pushed to VictoriaMetrics `\".*\"`"),
        accepts: Text(|settings, _, all| {
            settings.all_value = Some(all);
            Ok(())
        }),
    },
    Key {
        path: "perses.url",
        meaning: "Where Perses is reached, for the alerts' links to dashboards where `dashboards` begins with Perses.",
        unset: Is(|settings| quoted(&settings.perses_url)),
        accepts: Address(|settings, _, url| {
            settings.perses_url = url;
            Ok(())
        }),
    },
    Key {
        path: "perses.project",
        meaning: "The project of Perses that the dashboards are in. Of resources of Kubernetes its operator makes one for each \
                  namespace.",
        unset: Means("the `namespace`; with `format = \"kubernetes\"` `kubernetes.namespace`"),
        accepts: Of(&PROJECT, |settings, _, project| {
            settings.perses_project = Some(project);
            Ok(())
        }),
    },
    Key {
        path: "prometheus.url",
        meaning: "Where Grafana and Perses reach Prometheus, or another back end.",
        unset: Means(
            "`\"http://prometheus:9090\"`, `\"http://victoriametrics:8428\"`, `\"http://mimir:8080/prometheus\"`",
        ),
        accepts: Address(|settings, _, url| {
            settings.prometheus_url = Some(url);
            Ok(())
        }),
    },
    Key {
        path: "prometheus.name",
        meaning: "What Grafana's data source of metrics is called.",
        unset: Is(|settings| quoted(&settings.prometheus_name)),
        accepts: Text(|settings, _, name| {
            settings.prometheus_name = name;
            Ok(())
        }),
    },
    Key {
        path: "prometheus.uid",
        meaning: "The uid of Grafana's data source of metrics.",
        unset: Is(|settings| quoted(&settings.prometheus_uid)),
        accepts: Text(|settings, _, uid| {
            settings.prometheus_uid = uid;
            Ok(())
        }),
    },
    Key {
        path: "traces.store",
        meaning: "What keeps traces, for links from panels and exemplars.",
        unset: Is(|settings| quoted(settings.traces.as_ref().map_or(NONE, |traces| traces.store.plugin()))),
        accepts: Word(&["tempo", "jaeger", NONE], |settings, _, word| {
            settings.traces = match word.as_str() {
                "tempo" => Some(Traces::new(TraceStore::Tempo, "http://tempo:3200")),
                "jaeger" => Some(Traces::new(TraceStore::Jaeger, "http://jaeger:16686")),
                _ => None,
            };
            Ok(())
        }),
    },
    Key {
        path: "traces.uid",
        meaning: "The uid of Grafana's data source of traces.",
        unset: Means("the store's name"),
        accepts: Text(|settings, _, uid| {
            settings.traces.as_mut().ok_or_else(no_store)?.uid = uid;
            Ok(())
        }),
    },
    Key {
        path: "traces.url",
        meaning: "Where Grafana reaches the store of traces.",
        unset: Means("`http://tempo:3200`, `http://jaeger:16686`"),
        accepts: Address(|settings, _, url| {
            settings.traces.as_mut().ok_or_else(no_store)?.url = url;
            Ok(())
        }),
    },
    Key {
        path: "logs.store",
        meaning: "What keeps log records, for links from panels.",
        unset: Is(|_| quoted("loki")),
        accepts: Word(&["loki", "victorialogs", NONE], |settings, _, word| {
            settings.logs = match word.as_str() {
                "loki" => Some(Logs::new(LogStore::Loki, "http://loki:3100")),
                "victorialogs" => Some(Logs::new(LogStore::VictoriaLogs, "http://victorialogs:9428")),
                _ => None,
            };
            Ok(())
        }),
    },
    Key {
        path: "logs.uid",
        meaning: "The uid of Grafana's data source of log records.",
        unset: Means("the store's name"),
        accepts: Text(|settings, _, uid| {
            settings.logs.as_mut().ok_or_else(no_store)?.uid = uid;
            Ok(())
        }),
    },
    Key {
        path: "logs.url",
        meaning: "Where Grafana reaches the store of log records.",
        unset: Means("`http://loki:3100`, `http://victorialogs:9428`"),
        accepts: Address(|settings, _, url| {
            settings.logs.as_mut().ok_or_else(no_store)?.url = url;
            Ok(())
        }),
    },
];

fn no_store() -> String {
    format!("the store is \"{NONE}\", and has no such thing")
}
