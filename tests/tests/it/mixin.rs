//! What operators see of every domain, as the generator makes it. Which panels and alerts there are is the contract's to
//! say.

use telemetry_core::Namespace;
use telemetry_mixin::model::{Domain, Mixin};
use telemetry_mixin::{GeneratedFiles, GeneratorSettings, generate};

use crate::contract::catalogues::domains;
use crate::tidy::workspace;

/// The namespace that the declarations are written in, as names of metrics and of alerts begin with it.
const DECLARED: [&str; 2] = ["agentpane", "AgentPane"];

fn settings(namespace: &str, export_interval: &str) -> GeneratorSettings {
    GeneratorSettings {
        namespace: Namespace::new(namespace).expect("a lower-case word is a namespace"),
        export_interval: export_interval.to_owned(),
        ..GeneratorSettings::default()
    }
}

/// The files of one domain alone. Alerts of any may read the error catalogue, which is core's.
fn generated(domain: &Domain, settings: &GeneratorSettings) -> GeneratedFiles {
    let settings = GeneratorSettings { domains: vec![domain.name.clone()], ..settings.clone() };
    let mut domains = vec![domain.clone()];
    if domain.name != "core" {
        domains.insert(0, Domain::new("core", telemetry_core::CATALOGUE, Mixin::new()));
    }
    generate(&settings, &domains).unwrap_or_else(|errors| panic!("{}:\n{errors}", domain.name))
}

#[test]
fn each_domain_is_sound_by_itself_under_any_namespace() {
    for namespace in ["agentpane", "acme"] {
        for domain in domains() {
            let files = generated(&domain, &settings(namespace, "15s"));
            for folder in ["deploy/grafana/dashboards/", "deploy/prometheus/rules/", "docs/runbooks/"] {
                assert!(files.iter().any(|(path, _)| path.starts_with(folder)), "{}: nothing in {folder}", domain.name);
            }
            if namespace != "agentpane" {
                for (path, text) in files.iter() {
                    assert!(DECLARED.iter().all(|declared| !text.contains(declared)), "{path} of {}", domain.name);
                }
            }
        }
    }
}

#[test]
fn a_domain_is_called_by_its_short_name_and_by_its_crate() {
    for domain in domains() {
        assert_eq!(domain.catalogue.crate_name(), format!("telemetry-{}", domain.name));
    }
}

#[test]
fn alerts_that_tell_of_the_whole_follow_namespace_and_export_interval() {
    for (domain, namespace, interval, name, read) in [
        ("health", "agentpane", "15s", "AgentPaneDown", "agentpane_process_uptime_seconds[90s]"),
        ("health", "acme", "60s", "AcmeDown", "acme_process_uptime_seconds[240s]"),
    ] {
        let domains = domains();
        let domain = domains.iter().find(|known| known.name == domain).expect("it is a domain");
        let files = generated(domain, &settings(namespace, interval));
        let rules = files.get(&format!("deploy/prometheus/rules/{}.yaml", domain.name)).expect("the domain has rules");
        assert!(rules.contains(&format!("alert: '{name}'")) && rules.contains(read), "{rules}");
        assert!(files.get(&format!("docs/runbooks/{name}.md")).is_some());
    }
}

#[test]
fn every_alert_and_recording_keeps_the_labels_that_tell_services_apart() {
    let labels = ["job", "cluster", "namespace"];
    let common_labels = labels[1..].iter().map(|label| (*label).to_owned()).collect();
    let settings = GeneratorSettings { common_labels, ..GeneratorSettings::default() };
    let files = generate(&settings, &domains()).unwrap_or_else(|errors| panic!("{errors}"));
    let mut lists = 0;
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("deploy/prometheus/rules/")) {
        for list in [" by (", " on ("].iter().flat_map(|word| text.split(word).skip(1)) {
            let list: Vec<&str> = list.split(')').next().unwrap_or_default().split(", ").collect();
            let keeps = labels.iter().all(|label| list.contains(label));
            assert!(keeps || list == [""], "{path}: {list:?}");
            lists += 1;
        }
    }
    assert!(lists > 100, "only {lists} lists of labels were looked at");
}

#[test]
fn every_metric_is_read_or_says_why_not() {
    let files = generate(&GeneratorSettings::default(), &domains()).unwrap_or_else(|errors| panic!("{errors}"));
    let pages = || files.iter().filter(|(path, _)| path.starts_with("docs/metrics/telemetry-"));
    assert!(pages().any(|(_, text)| text.contains("- shown on: ") && text.contains("- alerts: [")));
    for (path, text) in pages() {
        assert!(!text.contains("no reason is given"), "{path}:\n{text}");
    }
}

#[test]
fn the_page_for_operators_has_the_tables_of_every_domain() {
    let page = workspace::read(&workspace::root().join("docs/operations.md"));
    for domain in domains() {
        for part in ["signals", "alerts"] {
            let begin = format!("<!-- generated: {part} of {} -->", domain.name);
            assert!(page.contains(&begin), "docs/operations.md takes no {part} of {}", domain.name);
        }
    }
}
