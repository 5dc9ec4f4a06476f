//! The bundle as resources of Kubernetes.

use std::collections::BTreeMap;

use serde_json::Value;
use telemetry_core::Namespace;
use telemetry_mixin::{BundleFormat, GeneratedFiles, GeneratorSettings, KubernetesSettings, Source, checker, generate};

use crate::fixture::{domain, mixin};

fn settings(kubernetes: KubernetesSettings) -> GeneratorSettings {
    let namespace = Namespace::new("my_shop").expect("it is a namespace");
    GeneratorSettings { namespace, format: BundleFormat::Kubernetes, kubernetes, ..GeneratorSettings::default() }
}

fn generated(settings: &GeneratorSettings) -> GeneratedFiles {
    generate(settings, &[domain(mixin())]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A file as the API server reads it.
fn resource(files: &GeneratedFiles, path: &str) -> Value {
    serde_saphyr::from_str(files.get(path).unwrap_or_else(|| panic!("there is no {path}"))).expect("it is YAML")
}

#[test]
fn rules_and_dashboards_are_those_of_the_files() {
    let own = settings(KubernetesSettings::default());
    let packed = generated(&own);
    let files = generated(&GeneratorSettings { format: BundleFormat::Files, ..own });

    let rules = resource(&packed, "deploy/kubernetes/rules/demo.yaml");
    assert_eq!((&rules["apiVersion"], &rules["kind"]), (&"monitoring.coreos.com/v1".into(), &"PrometheusRule".into()));
    assert_eq!(rules["metadata"]["name"], "my-shop-demo");
    assert_eq!(rules["spec"], resource(&files, "deploy/prometheus/rules/demo.yaml"));

    let map = resource(&packed, "deploy/kubernetes/dashboards/queue.yaml");
    assert_eq!((&map["apiVersion"], &map["kind"]), (&"v1".into(), &"ConfigMap".into()));
    assert_eq!(map["metadata"]["name"], "my-shop-dashboard-queue");
    assert_eq!(map["metadata"]["labels"]["grafana_dashboard"], "1");
    let board = files.get("deploy/grafana/dashboards/queue.json").expect("there is a dashboard");
    assert_eq!(map["data"]["queue.json"], board);

    let replaced = |path: &str| path.starts_with("deploy/grafana/") || path.starts_with("deploy/prometheus/");
    assert!(packed.iter().all(|(path, _)| !replaced(path)));
    let pages = |files: &GeneratedFiles| files.iter().filter(|(path, _)| path.starts_with("docs/")).count();
    assert_eq!(pages(&packed), pages(&files));
}

#[test]
fn resources_are_written_the_same_each_time_and_as_they_stand_here() {
    let label = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let own = settings(KubernetesSettings {
        namespace: Some("monitoring".to_owned()),
        labels: label("release", "prometheus"),
        collector_labels: label("app", "otel"),
        ..KubernetesSettings::default()
    });
    let files = generated(&own);
    assert_eq!(files, generated(&own));
    insta::assert_snapshot!(files.get("deploy/kubernetes/service-monitor.yaml").expect("it is always there"));
    let map = files.get("deploy/kubernetes/dashboards/queue.yaml").expect("there is a dashboard");
    let head: Vec<&str> = map.lines().take(12).collect();
    insta::assert_snapshot!("config_map", head.join("\n"));
}

#[test]
fn the_checker_reads_the_resources_and_finds_its_way_in_them() {
    let own = settings(KubernetesSettings::default());
    let files = generated(&own);
    let mut checker = checker(&own, &[domain(mixin())]);
    let mut checked = 0;
    for (path, text) in
        files.iter().filter(|(path, _)| path.starts_with("deploy/kubernetes/") && !path.contains("monitor"))
    {
        let source = Source::rules(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        source.teach(&mut checker);
        assert_eq!(source.check(&checker), [], "{path}");
        if !text.contains("my_shop_queue_depth") {
            continue;
        }
        let wrong = text.replace("my_shop_queue_depth", "my_shop_queue_dept");
        let found = Source::rules(&wrong).expect("it is still a resource").check(&checker);
        let line = found[0].position.map(|position| position.line()).expect("it has a place");
        let line = wrong.lines().nth(line as usize - 1).expect("there is such a line");
        assert!(line.contains("my_shop_queue_dept"), "{path}: {line}");
        checked += 1;
    }
    assert_eq!(checked, 2);
}
