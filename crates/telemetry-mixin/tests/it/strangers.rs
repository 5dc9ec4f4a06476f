//! Rules as public mixins have them: of Kubernetes, of machines, of Prometheus itself. Nothing is wrong with them.

use std::fmt::Write as _;

use telemetry_core::Namespace;
use telemetry_mixin::promql::{Checker, Lint, Role};
use telemetry_mixin::{Ruling, Rulings, Source, known_metrics};

use crate::catalogue::CATALOGUE;

/// What the exporters of these mixins serve.
const EXPOSED: &str = "\
# TYPE kube_pod_container_status_restarts_total counter
# TYPE kube_pod_container_status_waiting_reason gauge
# TYPE kube_pod_status_phase gauge
# TYPE kube_pod_owner gauge
# TYPE kube_deployment_spec_replicas gauge
# TYPE kube_deployment_status_replicas_available gauge
# TYPE kube_deployment_status_replicas_updated gauge
# TYPE kube_node_status_condition gauge
# TYPE kube_node_status_allocatable gauge
# TYPE kube_pod_container_resource_requests gauge
# TYPE kube_job_failed gauge
# TYPE kube_persistentvolume_status_phase gauge
# TYPE kubelet_volume_stats_available_bytes gauge
# TYPE kubelet_volume_stats_capacity_bytes gauge
# TYPE kubelet_volume_stats_used_bytes gauge
# TYPE kubelet_pleg_relist_duration_seconds histogram
# TYPE container_cpu_usage_seconds_total counter
# TYPE container_cpu_cfs_throttled_periods_total counter
# TYPE container_cpu_cfs_periods_total counter
# TYPE container_memory_working_set_bytes gauge
# TYPE apiserver_request_total counter
# TYPE apiserver_request_sli_duration_seconds histogram
# TYPE apiserver_client_certificate_expiration_seconds histogram
# TYPE node_cpu_seconds_total counter
# TYPE node_memory_MemAvailable_bytes gauge
# TYPE node_memory_MemTotal_bytes gauge
# TYPE node_filesystem_avail_bytes gauge
# TYPE node_filesystem_size_bytes gauge
# TYPE node_filesystem_readonly gauge
# TYPE node_filesystem_device_error gauge
# TYPE node_network_receive_errs_total counter
# TYPE node_network_receive_packets_total counter
# TYPE node_network_up gauge
# TYPE node_timex_offset_seconds gauge
# TYPE node_timex_sync_status gauge
# TYPE node_timex_maxerror_seconds gauge
# TYPE node_load1 gauge
# TYPE node_uname_info gauge
# TYPE node_md_disks gauge
# TYPE node_boot_time_seconds gauge
# TYPE prometheus_config_last_reload_successful gauge
# TYPE prometheus_notifications_queue_length gauge
# TYPE prometheus_notifications_queue_capacity gauge
# TYPE prometheus_notifications_errors_total counter
# TYPE prometheus_notifications_sent_total counter
# TYPE prometheus_tsdb_compactions_failed_total counter
# TYPE prometheus_tsdb_head_samples_appended_total counter
# TYPE prometheus_rule_evaluation_failures_total counter
# TYPE prometheus_remote_storage_highest_timestamp_in_seconds gauge
# TYPE prometheus_remote_storage_queue_highest_sent_timestamp_seconds gauge
# TYPE prometheus_remote_storage_shards_desired gauge
# TYPE prometheus_remote_storage_shards_max gauge
# TYPE prometheus_target_scrape_pool_exceeded_target_limit_total counter
# TYPE prometheus_target_interval_length_seconds summary
";

const RECORDED: [(&str, &str); 4] = [
    ("instance:node_cpus:count", "count without (cpu, mode) (node_cpu_seconds_total{mode=\"idle\"})"),
    (
        "instance:node_cpu_busy:rate5m",
        "1 - avg without (cpu) (sum without (mode) (rate(node_cpu_seconds_total{mode=~\"idle|iowait|steal\"}[5m])))",
    ),
    (
        "namespace_pod:owner:relabel",
        "max by (cluster, namespace, workload, pod) (label_replace(kube_pod_owner{owner_kind=\"ReplicaSet\"}, \"workload\", \"$1\", \"owner_name\", \"(.*)-[a-z0-9]+\"))",
    ),
    (
        "cluster_verb:apiserver_latency:p99",
        "histogram_quantile(0.99, sum by (cluster, verb, le) (rate(apiserver_request_sli_duration_seconds_bucket[5m])))",
    ),
];

const ALERTS: [&str; 34] = [
    // Kubernetes.
    "max_over_time(kube_pod_container_status_waiting_reason{reason=\"CrashLoopBackOff\", job=\"ksm\"}[5m]) >= 1",
    "sum by (namespace, pod, job, cluster) (max by (namespace, pod, job, cluster) (kube_pod_status_phase{phase=~\"Pending|Unknown\"}) * on (namespace, pod, cluster) group_left (owner_kind) topk by (namespace, pod, cluster) (1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!=\"Job\"}))) > 0",
    "(kube_deployment_spec_replicas > kube_deployment_status_replicas_available) and (changes(kube_deployment_status_replicas_updated[10m]) == 0)",
    "sum by (cluster) (kube_pod_container_resource_requests{resource=\"cpu\"}) - (sum by (cluster) (kube_node_status_allocatable{resource=\"cpu\"}) - max by (cluster) (kube_node_status_allocatable{resource=\"cpu\"})) > 0",
    "sum by (cluster, namespace, pod) (increase(container_cpu_cfs_throttled_periods_total{container!=\"\"}[5m])) / sum by (cluster, namespace, pod) (increase(container_cpu_cfs_periods_total[5m])) > (25 / 100)",
    "(kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes) < 0.03 and kubelet_volume_stats_used_bytes > 0 unless on (cluster, namespace, persistentvolumeclaim) kube_persistentvolume_status_phase{phase=\"Failed\"} == 1",
    "predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600) < 0",
    "sum by (cluster, node) (changes(kube_node_status_condition{status=\"true\", condition=\"Ready\"}[15m])) > 2",
    "histogram_quantile(0.99, sum by (cluster, instance, le) (rate(kubelet_pleg_relist_duration_seconds_bucket[5m]))) >= 10",
    "kube_job_failed{job=\"ksm\"} > 0",
    "absent(up{job=\"kubelet\"})",
    "sum by (job) (up == 0)",
    "count by (job) (up == 0) / on (job) count by (job) (up) > 0.1",
    "100 * (count by (job) (up{job=~\".+\"} == 0) / count by (job) (up)) > 10",
    "ALERTS{severity=\"info\", alertstate=\"firing\"} == 1 unless on (namespace) ALERTS{alertname!=\"Inhibitor\", severity=~\"warning|critical\", alertstate=\"firing\"} == 1",
    "up unless up offset 1h",
    "kube_pod_status_phase offset 1h unless kube_pod_status_phase",
    "cluster_verb:apiserver_latency:p99{verb!=\"WATCH\"} > 1",
    "apiserver_client_certificate_expiration_seconds_count{job=\"apiserver\"} > 0 and on (job, cluster) histogram_quantile(0.01, sum by (job, cluster, le) (rate(apiserver_client_certificate_expiration_seconds_bucket[5m]))) < 604800",
    // Machines.
    "(node_filesystem_avail_bytes{fstype!=\"\"} / node_filesystem_size_bytes * 100 < 40 and predict_linear(node_filesystem_avail_bytes[6h], 86400) < 0 and node_filesystem_readonly == 0)",
    "avg by (cluster) (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) < 0.1",
    "sum without (mode) (avg without (cpu) (rate(node_cpu_seconds_total{mode!~\"idle|iowait\"}[2m]))) * 100 > 90",
    "rate(node_network_receive_errs_total[2m]) / rate(node_network_receive_packets_total[2m]) > 0.01",
    "(node_timex_offset_seconds > 0.05 and deriv(node_timex_offset_seconds[5m]) >= 0) or (node_timex_offset_seconds < -0.05 and deriv(node_timex_offset_seconds[5m]) <= 0)",
    "min_over_time(node_timex_sync_status[5m]) == 0 and node_timex_maxerror_seconds >= 16",
    "node_load1 / instance:node_cpus:count > 2",
    "(instance:node_cpu_busy:rate5m * on (instance) group_left (nodename) node_uname_info) > 0.9",
    "time() - node_boot_time_seconds < 600",
    "node_filesystem_device_error{fstype!=\"\"} == 1",
    // Prometheus.
    "max_over_time(prometheus_config_last_reload_successful[5m]) == 0",
    "(predict_linear(prometheus_notifications_queue_length[5m], 60 * 30) > min_over_time(prometheus_notifications_queue_capacity[5m]))",
    "(rate(prometheus_notifications_errors_total[5m]) / rate(prometheus_notifications_sent_total[5m])) * 100 > 1",
    "(max_over_time(prometheus_remote_storage_highest_timestamp_in_seconds[5m]) - ignoring (remote_name, url) group_right max_over_time(prometheus_remote_storage_queue_highest_sent_timestamp_seconds[5m])) > 120",
    "(max_over_time(prometheus_remote_storage_shards_desired[5m]) > max_over_time(prometheus_remote_storage_shards_max[5m]))",
];

fn rules() -> String {
    let mut text = "groups:\n- name: strangers\n  rules:\n".to_owned();
    for (name, expression) in RECORDED {
        let _ = writeln!(text, "  - record: {name}\n    expr: |\n      {expression}");
    }
    for (number, expression) in ALERTS.iter().enumerate() {
        let _ =
            writeln!(text, "  - alert: A{number}\n    expr: |\n      {expression}\n    labels: {{severity: warning}}");
    }
    text
}

fn told(checker: &mut Checker, text: &str, rulings: &Rulings) -> Vec<String> {
    let source = Source::rules(text).unwrap_or_else(|error| panic!("{error}"));
    source.teach(checker);
    rulings.weigh("own.yaml", source.check(checker)).map(|found| found.to_string()).collect()
}

#[test]
fn public_mixins_rules_are_sound_beside_what_their_exporters_serve() {
    let mut checker = Checker::new(&[CATALOGUE], &Namespace::DEFAULT);
    ["cluster", "namespace"].iter().for_each(|label| checker.add_common_label(label));
    checker.add_known(&known_metrics(EXPOSED).expect("it is what exporters serve"));
    let told = told(&mut checker, &rules(), &Rulings::default());
    assert!(told.is_empty(), "{}", told.join("\n\n"));
}

#[test]
fn foreign_metrics_are_let_be_where_that_is_wanted() {
    let checker = || {
        let mut checker = Checker::new(&[CATALOGUE], &Namespace::DEFAULT);
        ["cluster", "namespace"].iter().for_each(|label| checker.add_common_label(label));
        checker
    };
    let ruled = |ruling| Rulings::default().with(Lint::ForeignMetric, ruling);
    assert!(told(&mut checker(), &rules(), &ruled(Ruling::Ignore)).is_empty());
    let warned = told(&mut checker(), &rules(), &ruled(Ruling::Warn));
    assert!(warned.len() > 50 && warned.iter().all(|told| told.contains(" warning: unknown metric")), "{warned:?}");
    let denied = told(&mut checker(), &rules(), &Rulings::default());
    assert!(denied.len() == warned.len() && denied.iter().all(|told| told.contains(" error: ")), "{denied:?}");
    // What is the platform's own is no foreign metric, nor is a misspelt one.
    for own in ["agentpane_queue", "sum(rate(runtime_tool_erors_total[5m]))"] {
        let problems = checker().check(own, Role::Panel).expect_err(own);
        assert_eq!(problems[0].lint, Lint::UnknownMetric, "{own}");
    }
    // A number that differs makes another metric of it.
    let problems = checker().check("runtime_tool_errors2_total", Role::Panel).expect_err("it is unknown");
    assert_eq!(problems[0].lint, Lint::ForeignMetric);
}

#[test]
fn what_is_wrong_with_known_metrics_is_told() {
    let mut checker = Checker::new(&[CATALOGUE], &Namespace::DEFAULT);
    checker.add_known(&known_metrics(EXPOSED).expect("it is what exporters serve"));
    for (case, lint) in [
        ("rate(node_load1[5m]) > 1", Lint::WrongFunction),
        ("node_cpu_seconds_total > 1", Lint::RawCounter),
        ("sum(node_load1)", Lint::NoComparison),
        ("scalar(up == 0)", Lint::NoComparison),
        ("up and node_load1", Lint::NoComparison),
        ("sum(rate(container_cpu_cfs_periods_total[5m]) / rate(node_cpu_seconds_total[5m])) > 1", Lint::RatioInside),
        ("histogram_quantile(9, rate(kubelet_pleg_relist_duration_seconds_bucket[5m])) > 1", Lint::Quantile),
        ("histogram_quantile(0.9, sum(rate(kubelet_pleg_relist_duration_seconds_bucket[5m]))) > 1", Lint::Quantile),
        ("kubelet_pleg_relist_duration_seconds_sum > 1", Lint::RawCounter),
        ("up{zone=\"a\"} == 0", Lint::UnknownLabel),
        ("topk(3, node_load1) > 1", Lint::ChangingMembers),
        ("rate(sum(node_cpu_seconds_total)[5m:]) > 1", Lint::RateAfterSum),
        ("up > ", Lint::Syntax),
        ("up > $limit", Lint::GrafanaVariable),
    ] {
        let problems = checker.check(case, Role::Alert).expect_err(case);
        assert!(problems.iter().any(|problem| problem.lint == lint), "{case}: {problems:?}");
    }
}

#[test]
fn catalogues_come_in_several_forms() {
    let role = Role::Panel;
    for (form, text) in [
        (
            "metadata",
            r#"{"status":"success","data":{"own_gauge":[{"type":"gauge","help":"","unit":""}],"own_total":[{"type":"counter"}]}}"#,
        ),
        ("a catalogue", r#"[{"name":"own_gauge","kind":"gauge","labels":{}},{"name":"own_total","kind":"counter"}]"#),
        (
            "an exporter",
            "# HELP own_gauge x\n# TYPE own_gauge gauge\nown_gauge 1\n# TYPE own counter\nown_total{a=\"b\"} 3 1700\n",
        ),
    ] {
        let mut checker = Checker::new(&[], &Namespace::DEFAULT);
        checker.add_known(&known_metrics(text).unwrap_or_else(|error| panic!("{form}: {error}")));
        assert!(checker.check("max(own_gauge{any=\"label\"})", role).is_ok(), "{form}");
        assert!(checker.check("sum(rate(own_total[5m]))", role).is_ok(), "{form}");
        assert!(checker.check("rate(own_gauge[5m])", role).is_err(), "{form}");
        assert!(checker.check("own_total", role).is_err(), "{form}");
    }
    let names = known_metrics(r#"{"status":"success","data":["job:own:sum","up"]}"#).expect("these are names");
    assert_eq!(names.iter().map(|metric| &*metric.name).collect::<Vec<_>>(), ["job:own:sum", "up"]);
    let untyped = known_metrics("own_value 3\n").expect("a sample names its metric");
    assert_eq!(untyped[0].kind, None);
    for text in ["", "{", "[]", "{\"data\": 3}", "some words of nobody", "<html>\n<body>"] {
        assert!(known_metrics(text).is_err(), "{text:?}");
    }
}
