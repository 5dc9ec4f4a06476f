//! What the OpenTelemetry collector measures of itself, by the names under which its reader for Prometheus shows it, and
//! the alerts on it.

use telemetry_core::Kind;

use crate::model::{Alert, AlertRule, AlertTest, ForeignMetric, RecordingRule, Severity};
use crate::query::{Selector, max, promql, series, threshold};
use crate::runbook;

use super::names::{PIPELINE, TEAM};

pub(super) const UPTIME: &str = "otelcol_process_uptime";
pub(super) const MEMORY: &str = "otelcol_process_memory_rss";
pub(super) const QUEUE: &str = "otelcol_exporter_queue_size";
pub(super) const CAPACITY: &str = "otelcol_exporter_queue_capacity";

/// Of spans, log records and points of metrics each: what was taken, what was not, what was passed on, what could not be,
/// what found the queue full.
pub(super) const ACCEPTED: [&str; 3] = [
    "otelcol_receiver_accepted_spans",
    "otelcol_receiver_accepted_log_records",
    "otelcol_receiver_accepted_metric_points",
];
pub(super) const REFUSED: [&str; 3] = [
    "otelcol_receiver_refused_spans",
    "otelcol_receiver_refused_log_records",
    "otelcol_receiver_refused_metric_points",
];
pub(super) const SENT: [&str; 3] =
    ["otelcol_exporter_sent_spans", "otelcol_exporter_sent_log_records", "otelcol_exporter_sent_metric_points"];
pub(super) const FAILED: [&str; 3] = [
    "otelcol_exporter_send_failed_spans",
    "otelcol_exporter_send_failed_log_records",
    "otelcol_exporter_send_failed_metric_points",
];
pub(super) const REJECTED: [&str; 3] = [
    "otelcol_exporter_enqueue_failed_spans",
    "otelcol_exporter_enqueue_failed_log_records",
    "otelcol_exporter_enqueue_failed_metric_points",
];

/// What tells one exporter's queue from another.
pub(super) const PIPE: [&str; 2] = ["exporter", "data_type"];

/// What a collector exposes of itself.
pub(super) fn metrics() -> Vec<ForeignMetric> {
    let received = ACCEPTED.into_iter().chain(REFUSED);
    let passed = SENT.into_iter().chain(FAILED).chain(REJECTED);
    // The time since the start is a counter by its type and a gauge by its meaning.
    let uptime = ForeignMetric { name: UPTIME.to_owned(), kind: None, labels: Vec::new() };
    std::iter::once(uptime)
        .chain(std::iter::once(ForeignMetric::new(MEMORY, Kind::Gauge)))
        .chain([QUEUE, CAPACITY].map(|name| ForeignMetric::new(name, Kind::Gauge).labels(PIPE)))
        .chain(received.map(|name| ForeignMetric::new(name, Kind::Counter).labels(["receiver", "transport"])))
        .chain(passed.map(|name| ForeignMetric::new(name, Kind::Counter).labels(["exporter"])))
        .collect()
}

/// A series of the collector's, as the scrape labels it.
fn given(metric: &str, instance: &str) -> Selector {
    series(metric).is("job", "otel-collector").is("instance", instance)
}

/// Where any of these is counted, by service of collectors and one more label.
fn any_of(metrics: impl IntoIterator<Item = &'static str>, label: &str) -> String {
    let one = |metric| format!("(sum by (job, {label}) (rate({metric}[$window])) > 0)");
    metrics.into_iter().map(one).collect::<Vec<_>>().join(" or ")
}

/// Which scrapes are of collectors.
const KNOWN: &str = "job_instance:otelcol_process_uptime:known";

/// What the alert on collectors that are down reads. A collector that does not answer is remembered for as long as it is to be
/// scraped: what it has told of itself is forgotten within a day.
pub(super) fn rules() -> [RecordingRule; 1] {
    let told = format!("group by (job, instance) (last_over_time({UPTIME}[1d]))");
    let remembered = format!("last_over_time({KNOWN}[1d]) and on (job, instance) up == 0");
    [RecordingRule::new(KNOWN, promql(format!("{told} or ({remembered})")))]
}

/// A collector is known by what it has told of itself, whatever its scrape is called.
pub(super) fn down() -> Alert {
    let told = format!("last_over_time({UPTIME}[1d])");
    let up = |instance| given("up", instance);
    let uptime = |instance| given(UPTIME, instance);
    Alert::new(
        runbook!("CollectorDown"),
        AlertRule {
            when: promql(format!(
                "(count by (job) (up == 0 and on (job, instance) last_over_time({KNOWN}[1d])) > 0) or \
                 (count by (job) ({told}) > 0 unless count by (job) ({UPTIME}))"
            )),
            hold: "1m",
            severity: Severity::Critical,
            team: TEAM,
            summary: "A telemetry collector is down",
            description: "A collector of job {{ $labels.job }} does not answer its scrapes, or none is left: what alerts and \
                          dashboards show is old, and applications begin to lose spans and log records.",
            dashboard: PIPELINE,
        },
    )
    .cause("collector down")
    // An application is heard of again some exports after its collector is, and until then counts as gone.
    .keep_firing("2m")
    .test(
        AlertTest::new("it has answered again for a minute", "17m")
            .series(up("a"), "1x10 0x5 1x20")
            .series(uptime("a"), "0+60x10 _x5 0+60x20")
            .fires(&[("job", "otel-collector")], ""),
    )
    .test(
        AlertTest::new("it has answered again for some minutes", "20m")
            .series(up("a"), "1x10 0x5 1x20")
            .series(uptime("a"), "0+60x10 _x5 0+60x20"),
    )
    .test(
        AlertTest::new("the only one does not answer", "20m")
            .series(up("a"), "1x10 0x20")
            .series(uptime("a"), "0+60x10 _x20")
            .fires(&[("job", "otel-collector")], ""),
    )
    .test(
        AlertTest::new("one of two does not answer, for hours", "5h")
            .series(up("a"), "1x10 0x300")
            .series(uptime("a"), "0+60x10 _x300")
            .series(up("b"), "1x310")
            .series(uptime("b"), "0+60x310")
            .fires(&[("job", "otel-collector")], ""),
    )
    .test(
        AlertTest::new("the only one does not answer, for two days", "50h")
            .series(up("a"), "1x10 0x3000")
            .series(uptime("a"), "0+60x10 _x3000")
            .fires(&[("job", "otel-collector")], ""),
    )
    .test(
        AlertTest::new("it answers after two days", "51h")
            .series(up("a"), "1x10 0x3000 1x100")
            .series(uptime("a"), "0+60x10 _x3000 0+60x100"),
    )
    .test(
        AlertTest::new("the only one has vanished, its target too", "20m")
            .series(up("a"), "1x10 _x20")
            .series(uptime("a"), "0+60x10 _x20")
            .fires(&[("job", "otel-collector")], ""),
    )
    .test(
        AlertTest::new("one of two is taken away", "20m")
            .series(up("a"), "1x10 _x20")
            .series(uptime("a"), "0+60x10 _x20")
            .series(up("b"), "1x30")
            .series(uptime("b"), "0+60x30"),
    )
    .test(AlertTest::new("it answers", "20m").series(up("a"), "1x30").series(uptime("a"), "0+60x30"))
    .test(AlertTest::new("something else does not answer", "20m").series(series("up").is("job", "api"), "0x30"))
}

pub(super) fn loses_data() -> Alert {
    let failed = || given(FAILED[0], "a").is("exporter", "otlp_grpc/backend");
    let rejected = || given(REJECTED[1], "a").is("exporter", "otlp_grpc/backend");
    let lost = [("job", "otel-collector"), ("exporter", "otlp_grpc/backend")];
    Alert::new(
        runbook!("CollectorLosesData"),
        AlertRule {
            when: promql(any_of(FAILED.into_iter().chain(REJECTED), "exporter")),
            hold: "5m",
            severity: Severity::Critical,
            team: TEAM,
            summary: "The collector loses telemetry",
            description: "Exporter {{ $labels.exporter }} of job {{ $labels.job }} loses {{ $value | printf \"%.1f\" }} items a \
                          second: its back end does not take them, or its queue is full.",
            dashboard: PIPELINE,
        },
    )
    .test(AlertTest::new("a back end refuses spans", "15m").series(failed(), "0+60x30").fires(&lost, "1.0"))
    .test(AlertTest::new("the queue of log records is full", "15m").series(rejected(), "0+120x30").fires(&lost, "2.0"))
    .test(AlertTest::new("it did so before it was restarted", "30m").series(failed(), "0+60x5 300x30"))
    .test(AlertTest::new("nothing is sent", "15m").series(failed(), "0x30").series(rejected(), "0x30"))
}

pub(super) fn refuses_data() -> Alert {
    let refused = || given(REFUSED[2], "a").is("receiver", "otlp").is("transport", "grpc");
    Alert::new(
        runbook!("CollectorRefusesData"),
        AlertRule {
            when: promql(any_of(REFUSED, "receiver")),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "The collector refuses telemetry",
            description: "Receiver {{ $labels.receiver }} of job {{ $labels.job }} refuses {{ $value | printf \"%.1f\" }} items a \
                          second; applications try again for a while.",
            dashboard: PIPELINE,
        },
    )
    .test(
        AlertTest::new("its memory is at the limit", "15m")
            .series(refused(), "0+30x30")
            .fires(&[("job", "otel-collector"), ("receiver", "otlp")], "0.5"),
    )
    .test(AlertTest::new("it was for two minutes", "15m").series(refused(), "0+30x2 60x30"))
    .test(AlertTest::new("nothing comes", "15m").series(refused(), "0x30"))
}

pub(super) fn queue_filling() -> Alert {
    let labels = || ["job", "instance"].into_iter().chain(PIPE);
    let of = |metric: &str| given(metric, "a").is("exporter", "otlp_grpc/backend").is("data_type", "traces");
    Alert::new(
        runbook!("CollectorQueueFilling"),
        AlertRule {
            when: (max(QUEUE).by(labels()) / max(CAPACITY).by(labels())).above(threshold(0.5)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A collector's queue is filling",
            description: "{{ $value | humanizePercentage }} of the queue of {{ $labels.data_type }} of exporter \
                          {{ $labels.exporter }} are taken at {{ $labels.instance }}: its back end is slow or away.",
            dashboard: PIPELINE,
        },
    )
    .test(
        AlertTest::new("three quarters are taken", "15m")
            .series(of(QUEUE), "0 7500x30")
            .series(of(CAPACITY), "10000x31")
            .fires(
                &[
                    ("job", "otel-collector"),
                    ("instance", "a"),
                    ("exporter", "otlp_grpc/backend"),
                    ("data_type", "traces"),
                ],
                "75%",
            ),
    )
    .test(AlertTest::new("half is taken", "15m").series(of(QUEUE), "5000x30").series(of(CAPACITY), "10000x30"))
    .test(
        AlertTest::new("it is full for three minutes", "8m")
            .series(of(QUEUE), "0x4 9000x3 0x9")
            .series(of(CAPACITY), "10000x30"),
    )
    .test(AlertTest::new("there is no queue", "15m").series(of(QUEUE), "0x30").series(of(CAPACITY), "0x30"))
}
