//! Every back end, way in and choice of labels, as files and as resources: applications' series come on one way, and they
//! and those of the collector have the labels by which the bundle tells services apart.

use std::collections::BTreeMap;

use serde_json::Value;
use telemetry_mixin::{
    Backend, BundleFormat, GeneratedFiles, GeneratorSettings, Histograms, IdentitySettings, WayIn, generate,
};

use crate::fixture::{domain, mixin};

use Backend::{Mimir, Prometheus, VictoriaMetrics};
use WayIn::{Push, Scrape};

/// What is chosen, and what has to come of it.
struct Case {
    backend: Backend,
    chosen: Option<WayIn>,
    /// The labels that are set.
    labels: [&'static str; 2],
    comes: WayIn,
    /// The labels that all have.
    own: [&'static str; 2],
}

const fn case(
    backend: Backend,
    chosen: Option<WayIn>,
    labels: [&'static str; 2],
    comes: WayIn,
    own: [&'static str; 2],
) -> Case {
    Case { backend, chosen, labels, comes, own }
}

const UNSET: [&str; 2] = ["", ""];
const SCRAPED: [&str; 2] = ["job", "instance"];
const PUSHED: [&str; 2] = ["service_name", "service_instance_id"];
/// Labels that the operator gives every target, too.
const OWN: [&str; 2] = ["app", "pod"];

const CASES: [Case; 25] = [
    case(Prometheus, None, UNSET, Scrape, SCRAPED),
    case(Prometheus, None, OWN, Scrape, OWN),
    case(Prometheus, None, PUSHED, Scrape, PUSHED),
    case(Prometheus, None, ["", "pod"], Scrape, ["job", "pod"]),
    case(Prometheus, None, ["service", ""], Scrape, ["service", "instance"]),
    case(Prometheus, Some(Scrape), OWN, Scrape, OWN),
    case(Prometheus, Some(Push), UNSET, Push, SCRAPED),
    case(Prometheus, Some(Push), OWN, Push, OWN),
    case(Prometheus, Some(Push), PUSHED, Push, PUSHED),
    case(Prometheus, Some(Push), ["", "k8s_pod_name"], Push, ["job", "k8s_pod_name"]),
    case(Mimir, None, UNSET, Scrape, SCRAPED),
    case(Mimir, None, OWN, Scrape, OWN),
    case(Mimir, Some(Push), UNSET, Push, SCRAPED),
    case(Mimir, Some(Push), OWN, Push, OWN),
    case(VictoriaMetrics, None, UNSET, Push, PUSHED),
    case(VictoriaMetrics, None, OWN, Push, OWN),
    case(VictoriaMetrics, None, ["", "pod"], Push, ["service_name", "pod"]),
    case(VictoriaMetrics, None, ["job", ""], Scrape, SCRAPED),
    case(VictoriaMetrics, None, ["job", "pod"], Scrape, ["job", "pod"]),
    case(VictoriaMetrics, Some(Scrape), UNSET, Scrape, SCRAPED),
    case(VictoriaMetrics, Some(Scrape), OWN, Scrape, OWN),
    case(VictoriaMetrics, Some(Scrape), PUSHED, Scrape, PUSHED),
    case(VictoriaMetrics, Some(Push), UNSET, Push, PUSHED),
    case(VictoriaMetrics, Some(Push), SCRAPED, Push, SCRAPED),
    case(VictoriaMetrics, Some(Push), OWN, Push, OWN),
];

impl Case {
    fn settings(&self, format: BundleFormat) -> GeneratorSettings {
        let [job, instance] = self.labels.map(|label| (!label.is_empty()).then(|| label.to_owned()));
        GeneratorSettings {
            backend: self.backend,
            way_in: self.chosen,
            identity: IdentitySettings { job, instance, info: None },
            format,
            ..GeneratorSettings::default()
        }
    }

    fn told(&self, format: BundleFormat) -> String {
        format!("{:?}, {:?}, {:?} as {format:?}", self.backend, self.chosen, self.labels)
    }
}

fn generated(settings: &GeneratorSettings) -> GeneratedFiles {
    generate(settings, &[domain(mixin())]).unwrap_or_else(|errors| panic!("{errors}"))
}

fn yaml(files: &GeneratedFiles, path: &str) -> Value {
    let text = files.get(path).unwrap_or_else(|| panic!("there is no {path}"));
    assert!(!text.contains("$NAMES") && !text.contains("$PROCESSORS") && !text.contains("$SCRAPED"), "{text}");
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"))
}

type Labels = BTreeMap<String, String>;

fn labels(of: &[(&str, &str)]) -> Labels {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().into_iter().flatten().collect()
}

fn text<'a>(value: &'a Value, keys: [&str; 2]) -> Option<&'a str> {
    keys.iter().find_map(|key| value[*key].as_str())
}

/// What becomes of labels, as Prometheus does it, whose words and those of its operator differ by their spelling alone.
fn relabelled(mut labels: Labels, rules: &Value) -> Labels {
    for rule in list(rules) {
        let regex = rule["regex"].as_str().expect("a rule has an expression");
        if rule["action"] == "labeldrop" {
            labels.retain(|name, _| !regex.split('|').any(|dropped| dropped == name));
            continue;
        }
        assert_eq!(regex, ";(.+)");
        let sources = [&rule["source_labels"], &rule["sourceLabels"]].into_iter().flat_map(list);
        let values: Vec<&str> =
            sources.map(|name| labels.get(name.as_str().expect("a name")).map_or("", String::as_str)).collect();
        let [own, other] = values[..] else { panic!("{rule} has not two sources") };
        if own.is_empty() && !other.is_empty() {
            let target = text(rule, ["target_label", "targetLabel"]).expect("it makes a label");
            labels.insert(target.to_owned(), other.to_owned());
        }
    }
    labels
}

/// What is scraped at one of the collector's ports, with the labels that the target has before it is relabelled.
struct Scraped<'a> {
    target: Labels,
    rules: &'a Value,
    of_samples: &'a Value,
    honors: bool,
}

impl Scraped<'_> {
    /// The labels of a series that the port shows.
    fn kept(&self, shown: &Labels) -> Labels {
        let mut target = relabelled(self.target.clone(), self.rules);
        let address = target.get("__address__").cloned().expect("a target has an address");
        target.entry("instance".to_owned()).or_insert(address);
        target.retain(|name, _| !name.starts_with("__"));
        assert!(self.honors || shown.is_empty(), "labels of applications would be renamed");
        target.extend(shown.clone());
        relabelled(target, self.of_samples)
    }
}

fn of_file<'a>(config: &'a Value, job: &str, address: &str) -> Vec<Scraped<'a>> {
    let jobs = list(&config["scrape_configs"]).into_iter().filter(|config| config["job_name"] == job);
    jobs.map(|config| Scraped {
        target: labels(&[("job", job), ("__address__", address)]),
        rules: &config["relabel_configs"],
        of_samples: &config["metric_relabel_configs"],
        honors: config["honor_labels"] == true,
    })
    .collect()
}

fn of_monitor<'a>(monitor: &'a Value, port: &str, address: &str) -> Vec<Scraped<'a>> {
    let ports = list(&monitor["spec"]["endpoints"]).into_iter().filter(|endpoint| endpoint["port"] == port);
    ports
        .map(|endpoint| Scraped {
            target: labels(&[
                ("job", "otel-collector"),
                ("__address__", address),
                ("pod", "otel-collector-0"),
                ("service", "otel-collector"),
                ("app", "otel-collector"),
            ]),
            rules: &endpoint["relabelings"],
            of_samples: &endpoint["metricRelabelings"],
            honors: endpoint["honorLabels"] == true,
        })
        .collect()
}

/// What the collector makes of a resource and the back end of its attributes.
fn pushed(case: &Case, files: &GeneratedFiles, promoted: &[String]) -> Labels {
    let name = if case.backend == VictoriaMetrics { "victoriametrics" } else { "prometheus" };
    let overlay = yaml(files, &format!("deploy/otel-collector/push-to-{name}.yaml"));
    let mut resource = labels(&[("service.name", "api"), ("service.instance.id", "a")]);
    let processors = &overlay["service"]["pipelines"]["metrics"]["processors"];
    if !processors.is_null() {
        assert_eq!(*processors, serde_json::json!(["memory_limiter", "resource/identity"]));
    }
    for given in list(&overlay["processors"]["resource/identity"]["attributes"]) {
        assert!(!processors.is_null() && given["action"] == "insert");
        let from = resource[given["from_attribute"].as_str().expect("it copies")].clone();
        resource.entry(given["key"].as_str().expect("a key").to_owned()).or_insert(from);
    }
    let mut kept = match case.backend {
        VictoriaMetrics => Labels::new(),
        Prometheus | Mimir => labels(&[("job", "api"), ("instance", "a")]),
    };
    for attribute in promoted {
        if let Some(value) = resource.get(attribute) {
            kept.insert(attribute.replace('.', "_"), value.clone());
        }
    }
    kept
}

fn words(list: &Value) -> Vec<String> {
    self::list(list).into_iter().map(|word| word.as_str().expect("a word").to_owned()).collect()
}

/// The attributes that the compose file or the configuration have made labels.
fn promoted(case: &Case, files: &GeneratedFiles) -> Vec<String> {
    if case.backend != VictoriaMetrics {
        return words(&yaml(files, "deploy/prometheus/prometheus.yaml")["otlp"]["promote_resource_attributes"]);
    }
    let compose = yaml(files, "deploy/compose.yaml");
    let flags = words(&compose["services"]["victoriametrics"]["command"]);
    let promotes = flags.iter().find_map(|flag| flag.strip_prefix("-opentelemetry.promoteResourceAttributes="));
    promotes.expect("it is told").split(',').map(str::to_owned).collect()
}

/// Whether what is started pushes, and takes what is pushed.
fn pushes(case: &Case, files: &GeneratedFiles) -> bool {
    let compose = yaml(files, "deploy/compose.yaml");
    let collector = words(&compose["services"]["otel-collector"]["command"]);
    let pushes = collector.iter().any(|config| config.contains("/push-to-"));
    if case.backend != VictoriaMetrics {
        let flags = words(&compose["services"]["prometheus"]["command"]);
        assert_eq!(flags.iter().any(|flag| flag == "--web.enable-otlp-receiver"), pushes);
    }
    pushes
}

fn check(case: &Case, told: &str, applications: &[Labels], collector: &[Labels], files: &GeneratedFiles) {
    let [one] = applications else { panic!("{told}: applications' series come on {} ways", applications.len()) };
    let [own] = collector else { panic!("{told}: the collector is scraped {} times", collector.len()) };
    for (label, value) in case.own.into_iter().zip(["api", "a"]) {
        assert_eq!(one.get(label).map(String::as_str), Some(value), "{told}: {one:?}");
        assert!(own.get(label).is_some_and(|value| !value.is_empty()), "{told}: {own:?}");
    }
    assert_eq!(own[case.own[0]], "otel-collector", "{told}: {own:?}");
    let rules = files.get("deploy/prometheus/rules/demo.yaml").or(files.get("deploy/kubernetes/rules/demo.yaml"));
    let by = format!("$labels.{} ", case.own[0]);
    assert!(rules.is_some_and(|rules| rules.contains(&by)), "{told}: rules do not go by {by}");
    let index = files.get("docs/metrics/README.md").expect("it is always there");
    let says = format!("Every series also carries the labels `{}`, `{}`.", case.own[0], case.own[1]);
    assert!(index.contains(&says), "{told}: {index}");
}

#[test]
fn series_come_once_and_with_the_labels_that_the_bundle_goes_by() {
    let shown = labels(&[("job", "api"), ("instance", "a")]);
    let none = Labels::new();
    for case in &CASES {
        let told = case.told(BundleFormat::Files);
        let files = generated(&case.settings(BundleFormat::Files));
        let path = match case.backend {
            VictoriaMetrics => "deploy/victoriametrics/scrape.yaml",
            Prometheus | Mimir => "deploy/prometheus/prometheus.yaml",
        };
        let config = yaml(&files, path);
        let scraped = of_file(&config, "applications", "otel-collector:8889");
        let mut applications: Vec<Labels> = scraped.iter().map(|scraped| scraped.kept(&shown)).collect();
        assert_eq!(pushes(case, &files), case.comes == Push, "{told}");
        if pushes(case, &files) {
            applications.push(pushed(case, &files, &promoted(case, &files)));
        }
        let collector: Vec<Labels> = of_file(&config, "otel-collector", "otel-collector:8888")
            .iter()
            .map(|scraped| scraped.kept(&none))
            .collect();
        check(case, &told, &applications, &collector, &files);

        let told = case.told(BundleFormat::Kubernetes);
        let packed = generated(&case.settings(BundleFormat::Kubernetes));
        let monitor = yaml(&packed, "deploy/kubernetes/service-monitor.yaml");
        let scraped = of_monitor(&monitor, "prometheus", "10.0.0.1:8889");
        let mut applications: Vec<Labels> = scraped.iter().map(|scraped| scraped.kept(&shown)).collect();
        if case.comes == Push {
            applications.push(pushed(case, &packed, &told_in_head(case, &packed)));
        }
        let collector: Vec<Labels> =
            of_monitor(&monitor, "metrics", "10.0.0.1:8888").iter().map(|scraped| scraped.kept(&none)).collect();
        check(case, &told, &applications, &collector, &packed);
    }
}

/// The attributes that who applies the resources is told to have made labels.
fn told_in_head(case: &Case, files: &GeneratedFiles) -> Vec<String> {
    let text = files.get("deploy/kubernetes/service-monitor.yaml").expect("it is always there");
    let head: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("#   ")).collect();
    if case.backend == VictoriaMetrics {
        assert!(head.contains(&"-opentelemetry.usePrometheusNaming"), "{text}");
        let promotes = head.iter().find_map(|flag| flag.strip_prefix("-opentelemetry.promoteResourceAttributes="));
        return promotes.expect("it is told").split(',').map(str::to_owned).collect();
    }
    let spec: Value = serde_saphyr::from_str(&head.join("\n")).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    assert_eq!(spec["enableOTLPReceiver"], true, "{text}");
    words(&spec["otlp"]["promoteResourceAttributes"])
}

#[test]
fn what_is_pushed_is_made_native_where_it_comes_in() {
    let settings = |format| GeneratorSettings {
        way_in: Some(Push),
        histograms: Histograms::Native,
        format,
        ..GeneratorSettings::default()
    };
    let config = yaml(&generated(&settings(BundleFormat::Files)), "deploy/prometheus/prometheus.yaml");
    assert_eq!(config["otlp"]["convert_histograms_to_nhcb"], true);
    let packed = generated(&settings(BundleFormat::Kubernetes));
    let monitor = packed.get("deploy/kubernetes/service-monitor.yaml").expect("it is always there");
    assert!(monitor.contains("convertHistogramsToNHCB: true") && !monitor.contains("convertClassic"), "{monitor}");
}

#[test]
fn rules_of_months_name_the_retention_of_what_keeps_them() {
    for (backend, flag) in [
        (Prometheus, "`--storage.tsdb.retention.time=31d`"),
        (VictoriaMetrics, "`-retentionPeriod=31d`"),
        (Mimir, "`-compactor.blocks-retention-period=31d`"),
    ] {
        let files = generated(&GeneratorSettings { backend, ..GeneratorSettings::default() });
        let rules = files.get("deploy/prometheus/rules/demo-objectives.yaml").expect("there is an objective");
        assert!(rules.contains(flag), "{rules}");
        assert!(backend == Prometheus || !rules.contains("--storage.tsdb"), "{rules}");
    }
}

#[test]
fn labels_that_the_collector_adds_come_with_what_is_pushed() {
    let settings = GeneratorSettings {
        way_in: Some(Push),
        common_labels: vec!["cluster".to_owned(), "k8s_namespace".to_owned()],
        ..GeneratorSettings::default()
    };
    let files = generated(&settings);
    let config = yaml(&files, "deploy/prometheus/prometheus.yaml");
    assert_eq!(words(&config["otlp"]["promote_resource_attributes"]), ["cluster", "k8s.namespace", "k8s_namespace"]);
    let index = files.get("docs/metrics/README.md").expect("it is always there");
    assert!(
        index.contains("Every series also carries the labels `job`, `instance`, `cluster`, `k8s_namespace`."),
        "{index}"
    );
}
