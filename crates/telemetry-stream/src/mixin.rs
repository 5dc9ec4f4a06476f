//! What operators see of event streams.

use telemetry_mixin::model::{Alert, AlertTest, Dashboard, Domain, Mixin, Panel, Query, Runbook, Severity, Unit};

use crate::CATALOGUE;

/// The dashboard that alerts name.
const STREAMING: &str = "streaming";

/// Who acts on this domain's alerts.
const TEAM: &str = "platform";

/// What the alert on errors takes for all that ended.
const MEASURED: &str = "sum by (kind) (rate(stream_connection_duration_seconds_count[$__rate_interval]))";
const FAILED: &str = "sum by (kind) (rate(stream_errors_total[$__rate_interval]))";
const ENDED: &str = "sum by (kind) (rate(stream_disconnects_total[$__rate_interval]))";
const DROPPED: &str = "sum by (kind) (rate(stream_disconnects_total{reason!=\"completed\"}[$__rate_interval]))";

/// The stream domain, for the generator. One of its alerts reads the error catalogue, so the generator needs the metrics
/// of telemetry-core, too.
///
/// ```
/// use telemetry_mixin::model::{Domain, Mixin};
/// use telemetry_mixin::{GeneratorSettings, generate};
///
/// let core = Domain::new("core", telemetry_core::CATALOGUE, Mixin::new());
/// let files = generate(&GeneratorSettings::default(), &[core, telemetry_stream::mixin::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/streaming.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("stream", CATALOGUE, mixin())
}

/// Its dashboards, alerts and runbooks.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(streaming())
        .dashboard(infrastructure())
        .alert(stream_error_rate_high())
        .alert(stream_connection_drops())
        .alert(stream_time_to_first_event_high())
        .alert(stream_stalled())
        .alert(stream_connection_failed())
        .runbook(Runbook::new("StreamErrorRateHigh", include_str!("../runbooks/StreamErrorRateHigh.md")))
        .runbook(Runbook::new("StreamConnectionDrops", include_str!("../runbooks/StreamConnectionDrops.md")))
        .runbook(Runbook::new("StreamTimeToFirstEventHigh", include_str!("../runbooks/StreamTimeToFirstEventHigh.md")))
        .runbook(Runbook::new("StreamStalled", include_str!("../runbooks/StreamStalled.md")))
        .runbook(Runbook::new("StreamConnectionFailed", include_str!("../runbooks/StreamConnectionFailed.md")))
}

fn streaming() -> Dashboard {
    Dashboard::new(STREAMING, "Streaming", "Event streams: how many are open, what is sent on them, why they end")
        .row("Streams")
        .panel(
            Panel::time_series("Active Streams", "Streams that are open, by what they tell of")
                .query(Query::new("sum by (kind) (stream_active_connections)").legend("{{kind}}"))
                .alert("StreamStalled"),
        )
        .panel(
            Panel::time_series("Open Connections by Transport", "Streams that are open, by how they reach their clients")
                .query(Query::new("sum by (type) (agentpane_stream_connections_active)").legend("{{type}}")),
        )
        .panel(
            Panel::time_series(
                "Stream Duration (p50/p95)",
                "How long the streams that ended had been open; the last bucket ends at 600 s, so that 600 s means 600 s or more",
            )
            .unit(Unit::Seconds)
            .quantiles("stream_connection_duration_seconds", &["kind"], &[0.5, 0.95]),
        )
        .panel(
            Panel::time_series("Streams Ended", "Streams that ended, by what they told of")
                .unit(Unit::per_second("streams"))
                .query(Query::new(ENDED).legend("{{kind}}")),
        )
        .row("Events")
        .panel(
            Panel::time_series(
                "Time to First Event (p95)",
                "95th percentile of the time from accepting a stream to its first event; 10 s means 10 s or more, and a stream without any event is not in it",
            )
            .unit(Unit::Seconds)
            .quantiles("stream_time_to_first_event_seconds", &["kind"], &[0.95])
            .alert("StreamTimeToFirstEventHigh"),
        )
        .panel(
            Panel::time_series(
                "Delivery Latency (p99)",
                "99th percentile of the time from publishing an event to handing it to the connection; 250 ms means 250 ms or more",
            )
            .unit(Unit::Seconds)
            .quantiles("agentpane_stream_latency_seconds", &[], &[0.99]),
        )
        .panel(
            Panel::stacked_area("Events by Type", "Events sent, by their type")
                .unit(Unit::per_second("events"))
                .query(
                    Query::new("sum by (event_type) (rate(stream_events_total[$__rate_interval]))")
                        .legend("{{event_type}}"),
                ),
        )
        .panel(
            Panel::stacked_area("Events by Kind", "Events sent, by what their stream tells of; none while streams are open is a stall")
                .unit(Unit::per_second("events"))
                .query(Query::new("sum by (kind) (rate(stream_events_total[$__rate_interval]))").legend("{{kind}}"))
                .alert("StreamStalled"),
        )
        .row("Ends")
        .panel(
            Panel::stacked_area("Stream Errors by Reason", "Streams that ended in an error, by what went wrong")
                .unit(Unit::per_second("streams"))
                .query(
                    Query::new("sum by (kind, reason) (rate(stream_errors_total[$__rate_interval]))")
                        .legend("{{kind}} {{reason}}"),
                )
                .alert("StreamErrorRateHigh"),
        )
        .panel(
            Panel::stacked_area("Disconnects by Reason", "Streams that ended, by why; a clean end is completed")
                .unit(Unit::per_second("streams"))
                .query(
                    Query::new("sum by (reason) (rate(stream_disconnects_total[$__rate_interval]))")
                        .legend("{{reason}}"),
                )
                .alert("StreamConnectionDrops"),
        )
        .panel(
            Panel::time_series("Stream Error Rate", "Share of the streams that ended in an error, of those that ended")
                .unit(Unit::Ratio)
                .max(1.0)
                .query(Query::ratio(FAILED, MEASURED).legend("{{kind}}"))
                .alert("StreamErrorRateHigh"),
        )
        .panel(
            Panel::time_series(
                "Stream Drop Rate",
                "Share of the streams that ended otherwise than completed: clients that left among them",
            )
            .unit(Unit::Ratio)
            .max(1.0)
            .query(Query::ratio(DROPPED, ENDED).legend("{{kind}}"))
            .alert("StreamConnectionDrops"),
        )
}

/// This domain's part of the dashboard that several share.
fn infrastructure() -> Dashboard {
    Dashboard::infrastructure()
        .row("Streams & Connections")
        .panel(
            Panel::time_series("Active Connections", "Open stream connections, by transport")
                .query(Query::new("sum by (type) (agentpane_stream_connections_active)").legend("{{type}}"))
                .size(8, 8),
        )
        .panel(
            Panel::time_series("Events Published", "Events sent on streams, all types together")
                .unit(Unit::per_second("events"))
                .query(Query::new("sum(rate(agentpane_stream_events_total[$__rate_interval]))"))
                .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "Stream Latency",
                "99th percentile of the time from publishing an event to handing it to the connection; 250 ms means 250 ms or more",
            )
            .unit(Unit::Seconds)
            .quantiles("agentpane_stream_latency_seconds", &[], &[0.99])
            .size(8, 8),
        )
}

fn stream_error_rate_high() -> Alert {
    let errors = |instance: &str, reason: &str| {
        format!(r#"stream_errors_total{{job="api", instance="{instance}", kind="agent", reason="{reason}"}}"#)
    };
    let ended = |instance: &str| {
        format!(r#"stream_connection_duration_seconds_count{{job="api", instance="{instance}", kind="agent"}}"#)
    };
    Alert::new(
        "StreamErrorRateHigh",
        "sum by (kind) (rate(stream_errors_total[$window])) \
         / sum by (kind) (rate(stream_connection_duration_seconds_count[$window])) > $threshold",
    )
    .threshold(0.05)
    .team(TEAM)
    .summary("Many event streams end in an error")
    .description("{{ $value | humanizePercentage }} of the {{ $labels.kind }} streams end in an error.")
    .dashboard(STREAMING)
    .test(
        AlertTest::new("errors of two instances and two reasons add up", "15m")
            .series(errors("a", "upstream_error"), "0+6x30")
            .series(errors("b", "timeout"), "0+6x30")
            .series(ended("a"), "0+30x30")
            .series(ended("b"), "0+30x30")
            .fires(&[("kind", "agent")], "20%"),
    )
    .test(
        AlertTest::new("one stream in a hundred fails", "15m")
            .series(errors("a", "upstream_error"), "0+1x30")
            .series(ended("a"), "0+99x30"),
    )
    .test(
        AlertTest::new("no stream that ends is no error", "15m")
            .series(errors("a", "upstream_error"), "6x30")
            .series(ended("a"), "30x30"),
    )
}

fn stream_connection_drops() -> Alert {
    let ended = |reason: &str| {
        format!(r#"stream_disconnects_total{{job="api", instance="a", kind="session", reason="{reason}"}}"#)
    };
    Alert::new(
        "StreamConnectionDrops",
        "sum by (kind) (rate(stream_disconnects_total{reason!=\"completed\"}[$window])) \
         / sum by (kind) (rate(stream_disconnects_total[$window])) > $threshold",
    )
    .threshold(0.2)
    .team(TEAM)
    .summary("Many event streams end before they are complete")
    .description("{{ $value | humanizePercentage }} of the {{ $labels.kind }} streams end before they are complete.")
    .dashboard(STREAMING)
    .test(
        AlertTest::new("half of the streams are cut off, for two reasons", "15m")
            .series(ended("completed"), "0+30x30")
            .series(ended("client_disconnect"), "0+20x30")
            .series(ended("timeout"), "0+10x30")
            .fires(&[("kind", "session")], "50%"),
    )
    .test(
        AlertTest::new("one client in ten leaves", "15m")
            .series(ended("completed"), "0+54x30")
            .series(ended("client_disconnect"), "0+6x30"),
    )
    .test(
        AlertTest::new("nothing ends", "15m")
            .series(ended("completed"), "54x30")
            .series(ended("client_disconnect"), "54x30"),
    )
}

fn stream_time_to_first_event_high() -> Alert {
    let bucket = |le: &str| {
        format!(r#"stream_time_to_first_event_seconds_bucket{{job="api", instance="a", kind="workflow", le="{le}"}}"#)
    };
    Alert::new(
        "StreamTimeToFirstEventHigh",
        "histogram_quantile(0.95, sum by (le, kind) (rate(stream_time_to_first_event_seconds_bucket[$window]))) \
         > $threshold",
    )
    .threshold(2.0)
    .team(TEAM)
    .summary("Event streams take long until their first event")
    .description(
        "One {{ $labels.kind }} stream in twenty waits {{ $value | humanizeDuration }} or longer for its first event.",
    )
    .dashboard(STREAMING)
    .test(
        AlertTest::new("a tenth of the streams wait longer than the last bucket", "15m")
            .series(bucket("2.0"), "0+54x30")
            .series(bucket("5.0"), "0+54x30")
            .series(bucket("10.0"), "0+54x30")
            .series(bucket("+Inf"), "0+60x30")
            .fires(&[("kind", "workflow")], "10s"),
    )
    .test(
        AlertTest::new("one stream in a hundred does", "15m")
            .series(bucket("2.0"), "0+99x30")
            .series(bucket("5.0"), "0+99x30")
            .series(bucket("10.0"), "0+99x30")
            .series(bucket("+Inf"), "0+100x30"),
    )
}

fn stream_stalled() -> Alert {
    let active = r#"stream_active_connections{job="api", instance="a", kind="task"}"#;
    let elsewhere = r#"stream_active_connections{job="api", instance="b", kind="task"}"#;
    let events = r#"stream_events_total{job="api", instance="a", kind="task", event_type="chunk"}"#;
    Alert::new(
        "StreamStalled",
        "(sum by (kind) (stream_active_connections) > 0) \
         unless (sum by (kind) (rate(stream_events_total[$window])) > 0)",
    )
    .severity(Severity::Critical)
    .team(TEAM)
    .summary("Event streams are open and nothing is sent on them")
    .description("{{ $value }} {{ $labels.kind }} streams are open, and none of them has had an event in $window.")
    .dashboard(STREAMING)
    .test(
        AlertTest::new("streams of two instances fall silent", "20m")
            .series(active, "3x30")
            .series(elsewhere, "2x30")
            .series(events, "0+10x5 50x25")
            .fires(&[("kind", "task")], "5"),
    )
    .test(AlertTest::new("there was never an event", "15m").series(active, "1x30").fires(&[("kind", "task")], "1"))
    .test(AlertTest::new("events come", "20m").series(active, "3x30").series(events, "0+1x30"))
    .test(AlertTest::new("no stream is open", "20m").series(active, "0x30").series(events, "50x30"))
    .test(
        AlertTest::new("a pause of less than the window and the time to hold", "12m")
            .series(active, "3x30")
            .series(events, "0+10x5 50x25"),
    )
}

fn stream_connection_failed() -> Alert {
    let errors = |component: &str, code: &str| {
        format!(r#"agentpane_errors_total{{job="api", instance="a", component="{component}", error_code="{code}"}}"#)
    };
    Alert::new(
        "StreamConnectionFailed",
        "sum by (component) (rate(agentpane_errors_total{error_code=\"SESSION_CONNECTION_FAILED\"}[$window])) \
         > $threshold",
    )
    .threshold(0.05)
    .hold("2m")
    .team(TEAM)
    .summary("Sessions cannot connect their streams")
    .description(
        "In component {{ $labels.component }}, {{ $value | printf \"%.2f\" }} sessions a second cannot connect their \
         stream, the limit being $threshold.",
    )
    .dashboard(STREAMING)
    .test(
        AlertTest::new("six sessions a minute fail", "10m")
            .series(errors("stream", "SESSION_CONNECTION_FAILED"), "0+6x20")
            .fires(&[("component", "stream")], "0.10"),
    )
    .test(AlertTest::new("one a minute does", "10m").series(errors("stream", "SESSION_CONNECTION_FAILED"), "0+1x20"))
    .test(
        AlertTest::new("other errors are other alerts'", "10m")
            .series(errors("agent", "AGENT_EXECUTION_ERROR"), "0+60x20"),
    )
}
