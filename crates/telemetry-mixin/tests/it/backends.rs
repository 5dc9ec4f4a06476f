//! Back ends other than Prometheus: their labels in every file, their limits, what is started for them.

use serde_json::Value;
use std::collections::BTreeMap;
use telemetry_mixin::model::Domain;

use telemetry_mixin::{
    AlertSettings, Backend, GeneratedFiles, GeneratorSettings, Histograms, IdentitySettings, check_rules, checker,
    generate,
};

use crate::fixture::{alert, domain, mixin, runbook};

fn domains() -> [Domain; 2] {
    [domain(mixin()), telemetry_mixin::pipeline::domain()]
}

fn generated(settings: &GeneratorSettings) -> GeneratedFiles {
    generate(settings, &domains()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn of(backend: Backend) -> GeneratorSettings {
    GeneratorSettings { backend, ..GeneratorSettings::default() }
}

fn own_identity() -> GeneratorSettings {
    let own = |name: &str| Some(name.to_owned());
    let identity = IdentitySettings { job: own("app"), instance: own("pod"), info: own("process_info") };
    GeneratorSettings { identity, ..GeneratorSettings::default() }
}

/// Whether the text has the name as a word that is not the name of a variable.
fn has(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_$:".contains(c);
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}

/// Every text that Prometheus, Grafana or promtool take labels from.
fn read(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|value| read(value, found)),
        Value::Object(all) => {
            for (key, value) in all {
                match (key.as_str(), value) {
                    ("expr" | "query" | "legendFormat" | "series" | "regex", Value::String(text)) => {
                        found.push(text.clone());
                    }
                    ("labels" | "exp_labels", Value::Object(labels)) => found.extend(labels.keys().cloned()),
                    _ => {}
                }
                let templates = |text: &str| -> Vec<String> {
                    let pieces = text.split("{{").skip(1).filter_map(|piece| piece.split("}}").next());
                    pieces.map(|template| template.replace("$labels.", "")).collect()
                };
                value.as_str().into_iter().for_each(|text| found.extend(templates(text)));
                read(value, found);
            }
        }
        _ => {}
    }
}

fn texts(files: &GeneratedFiles) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (path, text) in files.iter() {
        let value: Value = match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("json") => serde_json::from_str(text).expect("it is JSON"),
            Some("yaml") if path.contains("/prometheus/") && !path.ends_with("prometheus.yaml") => {
                serde_saphyr::from_str(text).expect("it is YAML")
            }
            _ => continue,
        };
        let mut found = Vec::new();
        read(&value, &mut found);
        all.extend(found.into_iter().map(|text| (path.to_owned(), text)));
    }
    all
}

#[test]
fn every_file_tells_services_apart_by_the_labels_of_the_back_end() {
    for (settings, own) in [
        (of(Backend::VictoriaMetrics), ["service_name", "service_instance_id", "telemetry_process_ended"]),
        (own_identity(), ["app", "pod", "process_info"]),
    ] {
        let texts = texts(&generated(&settings));
        for (declared, own) in ["job", "instance", "target_info"].into_iter().zip(own) {
            for (path, text) in &texts {
                assert!(!has(text, declared), "{path} speaks of {declared}: {text}");
            }
            assert!(texts.iter().any(|(_, text)| has(text, own)), "nothing speaks of {own}");
        }
    }
}

#[test]
fn dashboards_choose_by_the_labels_of_the_back_end() {
    let files = generated(&of(Backend::VictoriaMetrics));
    let board: Value =
        serde_json::from_str(files.get("deploy/grafana/dashboards/queue.json").expect("it is there")).expect("JSON");
    let variables = board["templating"]["list"].as_array().expect("there are variables");
    let names: Vec<&str> = variables.iter().filter_map(|variable| variable["name"].as_str()).collect();
    // By their names links hand on what is chosen.
    assert_eq!(names, ["datasource", "job", "instance", "project_id"]);
    let listed = |at: usize| variables[at]["query"]["query"].as_str().expect("it asks");
    assert!(listed(1).ends_with("}, service_name)"), "{}", listed(1));
    assert_eq!(
        listed(2),
        "query_result(group by (service_instance_id, host_name) (telemetry_process_ended{service_name=~\"$job\"}))"
    );
    assert_eq!(
        listed(3),
        "label_values(agentpane_queue_depth{service_name=~\"$job\", service_instance_id=~\"$instance\"}, project_id)"
    );
    assert!(variables[1..].iter().all(|variable| variable["allValue"] == ".*"));
    let own = GeneratorSettings { all_value: Some("prod-.+".to_owned()), ..of(Backend::Prometheus) };
    assert!(generated(&own).get("deploy/grafana/dashboards/queue.json").is_some_and(|text| text.contains("prod-.+")));
}

#[test]
fn alerts_and_their_proofs_name_the_service_that_the_back_end_names() {
    let files = generated(&of(Backend::VictoriaMetrics));
    let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("there are rules");
    assert!(rules.contains("service: '{{ $labels.service_name }}'"), "{rules}");
    assert!(rules.contains("sum by (service_name, project_id) (agentpane_queue_depth) > 10"), "{rules}");
    let tests = files.get("deploy/prometheus/tests/demo.yaml").expect("there are tests");
    assert!(tests.contains("agentpane_queue_depth{service_name=\"api\", service_instance_id=\"a\", project_id=\"p\"}"));
    assert!(tests.contains("service_name: 'api'") && tests.contains("service: 'api'"), "{tests}");
    let page = files.get("docs/runbooks/QueueBacklog.md").expect("there is a runbook");
    assert!(page.contains("sum by (project_id) (agentpane_queue_depth)"));

    let own =
        "groups: [{ name: own, rules: [{ record: 'a:b:c', expr: 'sum by (service_name) (agentpane_queue_depth)' }] }]";
    let found = |settings| check_rules(&mut checker(&settings, &domains()), own).expect("it is read").len();
    assert_eq!((found(of(Backend::VictoriaMetrics)), found(of(Backend::Prometheus))), (0, 1));
}

#[test]
fn what_takes_prometheus_place_is_started_and_told_of() {
    let files = generated(&of(Backend::VictoriaMetrics));
    let compose = files.get("deploy/compose.yaml").expect("it is always there");
    for part in [
        "victoriametrics/victoria-metrics:v",
        "victoriametrics/vmalert:v",
        "-opentelemetry.usePrometheusNaming\n",
        "promoteResourceAttributes=service.name,service.instance.id,service.version,host.name\n",
        "--config=/etc/otelcol/push-to-victoriametrics.yaml",
    ] {
        assert!(compose.contains(part), "{compose}");
    }
    assert!(!compose.contains("prom/prometheus") && !compose.contains('$'), "{compose}");
    serde_saphyr::from_str::<Value>(compose).expect("it is YAML");
    assert!(files.get("deploy/prometheus/prometheus.yaml").is_none());
    assert!(files.get("deploy/otel-collector/push-to-prometheus.yaml").is_none());
    let scraped = files.get("deploy/victoriametrics/scrape.yaml").expect("it scrapes the collector");
    assert!(scraped.contains("target_label: service_instance_id") && !scraped.contains("8889"), "{scraped}");
    let source = files.get("deploy/grafana/provisioning/datasources/prometheus.yaml").expect("it is always there");
    assert!(source.contains("url: 'http://victoriametrics:8428'"), "{source}");

    let source = files.get("deploy/perses/project.json").expect("it is always there");
    assert!(source.contains("http://victoriametrics:8428"), "{source}");

    // By the label of a scrape it scrapes.
    let identity = IdentitySettings { job: Some("job".to_owned()), ..IdentitySettings::default() };
    let scraping = generated(&GeneratorSettings { identity, ..of(Backend::VictoriaMetrics) });
    let scraped = scraping.get("deploy/victoriametrics/scrape.yaml").expect("it scrapes all");
    assert!(scraped.contains("otel-collector:8889") && scraped.contains("honor_labels: true"), "{scraped}");
    assert!(scraping.get("deploy/otel-collector/push-to-victoriametrics.yaml").is_none());
    let rules = |files: &GeneratedFiles| files.get("deploy/prometheus/rules/demo.yaml").map(str::to_owned);
    assert_eq!(rules(&scraping), rules(&generated(&of(Backend::Prometheus))));
}

#[test]
fn an_address_that_is_set_holds_also_where_it_is_the_default_of_another_back_end() {
    let prometheus_url = Some("http://prometheus:9090".to_owned());
    let files = generated(&GeneratorSettings { prometheus_url, ..of(Backend::VictoriaMetrics) });
    for path in ["deploy/grafana/provisioning/datasources/prometheus.yaml", "deploy/perses/project.json"] {
        let source = files.get(path).expect("it is always there");
        assert!(source.contains("http://prometheus:9090") && !source.contains("victoriametrics:8428"), "{source}");
    }
}

#[test]
fn no_group_has_more_rules_than_mimir_takes() {
    let files = generated(&of(Backend::Mimir));
    let mut names = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.contains("/rules/") || path.contains("/escalation/")) {
        let file: Value = serde_saphyr::from_str(text).expect("it is YAML");
        for group in file["groups"].as_array().expect("a file has groups") {
            let rules = group["rules"].as_array().expect("a group has rules").len();
            assert!(rules <= 20, "{path} has a group of {rules} rules");
            names.push(group["name"].as_str().expect("a group has a name").to_owned());
        }
    }
    let split = |name: &str| names.iter().any(|known| known == name);
    assert!(split("agentpane-demo.rules"), "{names:?}");
    let config = files.get("deploy/prometheus/prometheus.yaml").expect("Prometheus hands on");
    assert!(config.contains("remote_write:\n  - url: http://mimir:8080/api/v1/push\n"), "{config}");
    assert!(!config.contains("rule_files") && !config.contains("alerting:") && !config.contains('$'), "{config}");
    let elsewhere = GeneratorSettings {
        prometheus_url: Some("https://mimir.acme.example/prometheus/".to_owned()),
        ..of(Backend::Mimir)
    };
    let config = generated(&elsewhere);
    let config = config.get("deploy/prometheus/prometheus.yaml").expect("Prometheus hands on");
    assert!(config.contains("url: https://mimir.acme.example/api/v1/push"), "{config}");
}

#[test]
fn native_histograms_go_to_mimir_and_are_refused_with_victoriametrics() {
    let native = |backend| GeneratorSettings { histograms: Histograms::Native, ..of(backend) };
    let files = generated(&native(Backend::Mimir));
    let config = files.get("deploy/prometheus/prometheus.yaml").expect("Prometheus hands on");
    assert!(config.contains("    send_native_histograms: true\n    send_exemplars: true\n"), "{config}");
    let refused = generate(&native(Backend::VictoriaMetrics), &domains()).expect_err("it keeps none").to_string();
    assert!(
        refused.contains("in setting `histograms`") && refused.contains("accepted with it is `classic`"),
        "{refused}"
    );
}

#[test]
fn a_threshold_of_one_service_is_told_by_the_back_ends_label() {
    let mut settings = of(Backend::VictoriaMetrics);
    let for_values = BTreeMap::from([("job".to_owned(), BTreeMap::from([("api".to_owned(), 0.5)]))]);
    settings.alerts.insert("SlowTools".to_owned(), AlertSettings { for_values, ..AlertSettings::default() });
    let mut slow = alert();
    slow.runbook = runbook("SlowTools");
    let domains = [domain(mixin().alert(slow))];
    let files = generate(&settings, &domains).unwrap_or_else(|errors| panic!("{errors}"));
    let rules = files.get("deploy/prometheus/rules/demo.yaml").expect("the domain has rules");
    assert!(rules.contains("service_name: 'api'") && !rules.contains("job: 'api'"), "{rules}");
}

#[test]
fn an_identity_that_tells_nobody_apart_is_refused() {
    let own = |name: &str| Some(name.to_owned());
    let refused = |identity: IdentitySettings, labels: &[&str]| {
        let common_labels = labels.iter().map(|label| (*label).to_owned()).collect();
        let settings = GeneratorSettings { identity, common_labels, ..GeneratorSettings::default() };
        generate(&settings, &domains()).expect_err("it cannot be").to_string()
    };
    let same = IdentitySettings { job: own("app"), instance: own("app"), info: None };
    assert!(refused(same, &[]).contains("`app` tells services apart already\n  in setting `identity.instance`"));
    let wrong = IdentitySettings { job: own("service.name"), ..IdentitySettings::default() };
    assert!(
        refused(wrong, &[])
            .contains("`service.name` is no name of letters, digits and underscores\n  in setting `identity.job`")
    );
    for (job, instance, told) in [
        (Some("le"), None, "`le` has another meaning in Prometheus\n  in setting `identity.job`"),
        (Some("app"), Some("job"), "`job` has another meaning in Prometheus\n  in setting `identity.instance`"),
    ] {
        let identity = IdentitySettings { job: job.and_then(own), instance: instance.and_then(own), info: None };
        let refused = refused(identity, &[]);
        assert!(refused.contains(told), "{refused}");
    }
    let twice = IdentitySettings { job: own("app"), ..IdentitySettings::default() };
    assert!(refused(twice, &["app"]).contains("in setting `aggregation_labels`"));
}
