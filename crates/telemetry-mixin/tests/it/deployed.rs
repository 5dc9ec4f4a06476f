//! What stands around dashboards and rules: the compose file, Prometheus's configuration, the collectors.

use serde_json::Value;
use telemetry_mixin::{GeneratedFiles, GeneratorSettings, LogStore, Logs, TraceStore, Traces, generate};

use crate::fixture::{domain, mixin};

fn files(settings: &GeneratorSettings) -> GeneratedFiles {
    generate(settings, &[domain(mixin())]).unwrap_or_else(|errors| panic!("{errors}"))
}

fn yaml(files: &GeneratedFiles, path: &str) -> Value {
    let text = files.get(path).unwrap_or_else(|| panic!("{path} is missing"));
    assert!(text.starts_with("# Generated from the declarations"), "{path}");
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"))
}

fn services(compose: &Value) -> Vec<(&str, &Value)> {
    let services = compose["services"].as_object().expect("there are services");
    services.iter().map(|(name, service)| (name.as_str(), service)).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

#[test]
fn the_whole_stack_is_composed() {
    let files = files(&GeneratorSettings::default());
    let compose = yaml(&files, "deploy/compose.yaml");
    let names: Vec<&str> = services(&compose).into_iter().map(|(name, _)| name).collect();
    for name in ["otel-collector", "prometheus", "alertmanager", "grafana", "tempo", "loki"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    let prometheus = compose["services"]["prometheus"]["command"].to_string();
    assert!(prometheus.contains("--storage.tsdb.retention.time=40d"), "{prometheus}");
    assert!(prometheus.contains("exemplar-storage"), "{prometheus}");
}

#[test]
fn every_image_is_pinned_to_a_release() {
    let files = files(&GeneratorSettings::default());
    let compose = yaml(&files, "deploy/compose.yaml");
    for (name, service) in services(&compose) {
        let (_, tag) = text(&service["image"]).rsplit_once(':').unwrap_or_else(|| panic!("{name} has no tag"));
        let numbers: Vec<&str> = tag.trim_start_matches('v').split('.').collect();
        let is_release = numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok());
        assert!(is_release, "{name}: {tag} is no release");
    }
}

#[test]
fn ports_are_on_loopback_alone() {
    let files = files(&GeneratorSettings::default());
    let compose = yaml(&files, "deploy/compose.yaml");
    let mut published = 0;
    for (name, service) in services(&compose) {
        for port in list(&service["ports"]) {
            assert!(text(port).starts_with("127.0.0.1:"), "{name} publishes {port}");
            published += 1;
        }
        assert_ne!(service["network_mode"], "host", "{name}");
    }
    assert!(published >= 4, "only {published} ports were looked at");
}

#[test]
fn no_password_is_left_open() {
    let files = files(&GeneratorSettings::default());
    let compose = yaml(&files, "deploy/compose.yaml");
    for (name, service) in services(&compose) {
        let environment = service["environment"].as_object().into_iter().flatten();
        for (variable, value) in environment.filter(|(variable, _)| variable.contains("PASSWORD")) {
            assert!(variable.ends_with("__FILE"), "{name}: {variable} is in the open");
            let secret = text(value).strip_prefix("/run/secrets/").expect("it is a secret");
            assert!(list(&service["secrets"]).iter().any(|known| known == secret), "{name} is not given {secret}");
            // Compose does not start where the file is missing.
            assert!(compose["secrets"][secret]["file"].is_string(), "{secret} is no file");
        }
    }
    let grafana = &compose["services"]["grafana"]["environment"];
    assert!(grafana["GF_SECURITY_ADMIN_PASSWORD__FILE"].is_string());
    assert_eq!(grafana["GF_AUTH_ANONYMOUS_ENABLED"], "false");
    assert_eq!(grafana["GF_USERS_ALLOW_SIGN_UP"], "false");
}

#[test]
fn what_is_mounted_is_generated_or_a_secret_or_a_volume() {
    let files = files(&GeneratorSettings::default());
    let compose = yaml(&files, "deploy/compose.yaml");
    let mut mounted = 0;
    for (name, service) in services(&compose) {
        for volume in list(&service["volumes"]) {
            let source = volume
                .as_str()
                .map_or_else(|| text(&volume["source"]), |short| short.split(':').next().unwrap_or_default());
            let known = match source.strip_prefix("./").map(|path| format!("deploy/{path}")) {
                Some(path) if path.starts_with("deploy/secrets/") => volume["bind"]["create_host_path"] == false,
                Some(path) => is_there(&files, &path),
                None => match source.strip_prefix("../") {
                    Some(path) => is_there(&files, path),
                    None => compose["volumes"].get(source).is_some(),
                },
            };
            assert!(known, "{name}: {source} is not there");
            mounted += 1;
        }
    }
    assert!(mounted >= 15, "only {mounted} volumes were looked at");
}

/// Whether that file, or a file in that folder, is generated.
fn is_there(files: &GeneratedFiles, path: &str) -> bool {
    let folder = format!("{path}/");
    files.iter().any(|(known, _)| known == path || known.starts_with(&folder))
}

#[test]
fn stores_that_are_others_are_not_started() {
    let settings = GeneratorSettings {
        traces: Some(Traces::new(TraceStore::Jaeger, "http://jaeger:16686")),
        logs: Some(Logs::new(LogStore::VictoriaLogs, "http://victorialogs:9428")),
        ..GeneratorSettings::default()
    };
    let files = files(&settings);
    let compose = yaml(&files, "deploy/compose.yaml");
    let names: Vec<&str> = services(&compose).into_iter().map(|(name, _)| name).collect();
    assert!(!names.contains(&"tempo") && !names.contains(&"loki"), "{names:?}");
    assert!(files.get("deploy/loki/loki.yaml").is_none() && files.get("deploy/tempo/tempo.yaml").is_none());
    let traces = &compose["services"]["otel-collector"]["environment"]["OTLP_TRACES_ENDPOINT"];
    assert_eq!(traces, "${OTLP_TRACES_ENDPOINT:?say where it is}");
}

#[test]
fn prometheus_evaluates_scrapes_and_alerts_as_the_settings_say() {
    let mut settings = GeneratorSettings {
        export_interval: "30s".to_owned(),
        rule_interval: "1m".to_owned(),
        ..GeneratorSettings::default()
    };
    settings.alertmanager.address = "alerts.internal:9093".to_owned();
    let config = yaml(&files(&settings), "deploy/prometheus/prometheus.yaml");
    assert_eq!(config["global"], serde_json::json!({ "scrape_interval": "30s", "evaluation_interval": "1m" }));
    assert_eq!(config["rule_files"], serde_json::json!(["rules/*.yaml", "escalation/*.yaml"]));
    let targets = &config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"];
    assert_eq!(*targets, serde_json::json!(["alerts.internal:9093"]));
}

#[test]
fn collectors_refuse_before_they_run_out_and_keep_on_disk_what_they_accepted() {
    let files = files(&GeneratorSettings::default());
    for name in ["collector", "agent", "gateway"] {
        let config = yaml(&files, &format!("deploy/otel-collector/{name}.yaml"));
        let pipelines = config["service"]["pipelines"].as_object().expect("there are pipelines");
        assert_eq!(pipelines.len(), 3, "{name}");
        for (signal, pipeline) in pipelines {
            assert_eq!(pipeline["processors"][0], "memory_limiter", "{name}: {signal}");
            for exporter in list(&pipeline["exporters"]).iter().map(text).filter(|exporter| *exporter != "prometheus") {
                let exporter = &config["exporters"][exporter];
                assert_eq!(exporter["sending_queue"]["storage"], "file_storage", "{name}: {signal}");
                assert!(exporter["sending_queue"]["batch"].is_object(), "{name}: {signal}");
                assert_eq!(exporter["retry_on_failure"]["max_elapsed_time"], "0s", "{name}: {signal}");
            }
        }
    }
    let agent = files.get("deploy/otel-collector/agent.yaml").expect("there is an agent");
    assert!(!agent.contains("0.0.0.0"), "an agent listens on loopback");
    let gateway = yaml(&files, "deploy/otel-collector/gateway.yaml");
    assert_eq!(gateway["service"]["pipelines"]["traces"]["processors"][1], "tail_sampling");
    let balancer = yaml(&files, "deploy/otel-collector/load-balancer.yaml");
    assert_eq!(balancer["exporters"]["load_balancing/traces"]["routing_key"], "traceID");
}
