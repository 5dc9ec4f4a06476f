//! What operators see of event streams.

use telemetry_core::{Component, ErrorMetrics, Errors};
use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Panel, Severity, Unit};
use telemetry_mixin::query::{given, promql, quantile, quantiles, rate, share, sum, threshold};
use telemetry_mixin::runbook;

use crate::CATALOGUE;
use crate::metrics::{CloseReason, EventMetrics, StreamKind, StreamMetrics};

/// The dashboard that alerts name.
const STREAMING: &str = "streaming";

/// Who acts on this domain's alerts.
const TEAM: &str = "platform";

const KIND: [&str; 1] = ["kind"];

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

/// Its dashboards and alerts.
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
}

fn streaming() -> Dashboard {
    Dashboard::new(STREAMING, "Streaming", "Event streams: how many are open, what is sent on them, why they end")
        .row("Streams")
        .at_a_glance(
            Panel::stat(
                "Error Share",
                "Share of the streams that ended in an error, of those that ended",
                Unit::Ratio,
                share(rate(StreamMetrics::ERRORS), rate(StreamMetrics::DURATION)),
            )
            .threshold(0.0, "green")
            .threshold(0.01, "yellow")
            .threshold(0.05, "red")
            .alert("StreamErrorRateHigh")
            .size(6, 4),
        )
        .panel(
            Panel::time_series(
                "Active Streams",
                "Streams that are open, by what they tell of",
                Unit::Short,
                sum(StreamMetrics::ACTIVE).by(KIND),
            )
            .alert("StreamStalled"),
        )
        .panel(Panel::time_series(
            "Open Connections by Transport",
            "Streams that are open, by how they reach their clients",
            Unit::Short,
            sum(StreamMetrics::CONNECTIONS).by(["type"]),
        ))
        .panel(Panel::time_series(
            "Stream Duration (p50/p95)",
            "How long the streams that ended had been open; the last bucket ends at 600 s, so that 600 s means 600 s or more",
            Unit::Seconds,
            quantiles([0.5, 0.95], StreamMetrics::DURATION).by(KIND),
        ))
        .panel(Panel::time_series(
            "Streams Ended",
            "Streams that ended, by what they told of",
            Unit::per_second("streams"),
            rate(StreamMetrics::DISCONNECTS).by(KIND),
        ))
        .row("Events")
        .panel(
            Panel::time_series(
                "Time to First Event (p95)",
                "95th percentile of the time from accepting a stream to its first event; 10 s means 10 s or more, and a stream without any event is not in it",
                Unit::Seconds,
                quantiles([0.95], StreamMetrics::TIME_TO_FIRST_EVENT).by(KIND),
            )
            .alert("StreamTimeToFirstEventHigh"),
        )
        .panel(Panel::time_series(
            "Delivery Latency (p99)",
            "99th percentile of the time from publishing an event to handing it to the connection; 250 ms means 250 ms or more",
            Unit::Seconds,
            quantiles([0.99], StreamMetrics::LATENCY),
        ))
        .panel(Panel::stacked_area(
            "Events by Type",
            "Events sent, by their type",
            Unit::per_second("events"),
            rate(EventMetrics::SENT).by(["event_type"]),
        ))
        .panel(
            Panel::stacked_area(
                "Events by Kind",
                "Events sent, by what their stream tells of; none while streams are open is a stall",
                Unit::per_second("events"),
                rate(EventMetrics::SENT).by(KIND),
            )
            .alert("StreamStalled"),
        )
        .row("Ends")
        .panel(
            Panel::stacked_area(
                "Stream Errors by Reason",
                "Streams that ended in an error, by what went wrong",
                Unit::per_second("streams"),
                rate(StreamMetrics::ERRORS).by(["kind", "reason"]),
            )
            .alert("StreamErrorRateHigh"),
        )
        .panel(
            Panel::stacked_area(
                "Disconnects by Reason",
                "Streams that ended, by why; a clean end is completed",
                Unit::per_second("streams"),
                rate(StreamMetrics::DISCONNECTS).by(["reason"]),
            )
            .alert("StreamConnectionDrops"),
        )
        .panel(
            Panel::time_series(
                "Stream Error Rate",
                "Share of the streams that ended in an error, of those that ended",
                Unit::Ratio,
                share(rate(StreamMetrics::ERRORS).by(KIND), rate(StreamMetrics::DURATION).by(KIND)),
            )
            .max(1.0)
            .alert("StreamErrorRateHigh"),
        )
        .panel(
            Panel::time_series(
                "Stream Drop Rate",
                "Share of the streams that ended otherwise than completed: clients that left among them",
                Unit::Ratio,
                share(
                    rate(StreamMetrics::DISCONNECTS).except(CloseReason::Completed).by(KIND),
                    rate(StreamMetrics::DISCONNECTS).by(KIND),
                ),
            )
            .max(1.0)
            .alert("StreamConnectionDrops"),
        )
}

/// This domain's part of the dashboard that several share.
fn infrastructure() -> Dashboard {
    Dashboard::infrastructure()
        .row("Streams & Connections")
        .panel(
            Panel::time_series(
                "Active Connections",
                "Open stream connections, by transport",
                Unit::Short,
                sum(StreamMetrics::CONNECTIONS).by(["type"]),
            )
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "Events Published",
                "Events sent on streams, all types together",
                Unit::per_second("events"),
                rate(EventMetrics::SENT_IN_ALL),
            )
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "Stream Latency",
                "99th percentile of the time from publishing an event to handing it to the connection; 250 ms means 250 ms or more",
                Unit::Seconds,
                quantiles([0.99], StreamMetrics::LATENCY),
            )
            .size(8, 8),
        )
}

fn stream_error_rate_high() -> Alert {
    let errors =
        |instance, reason: CloseReason| given(StreamMetrics::ERRORS, instance).only(StreamKind::Agent).only(reason);
    let ended = |instance| given(StreamMetrics::DURATION, instance).count().only(StreamKind::Agent);
    Alert::new(
        runbook!("StreamErrorRateHigh"),
        AlertRule {
            // Streams are measured when they end.
            when: (rate(StreamMetrics::ERRORS).by(KIND) / rate(StreamMetrics::DURATION).by(KIND))
                .above(threshold(0.05)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Many event streams end in an error",
            description: "{{ $value | humanizePercentage }} of the {{ $labels.kind }} streams end in an error.",
            dashboard: STREAMING,
        },
    )
    .test(
        AlertTest::new("errors of two instances and two reasons add up", "15m")
            .series(errors("a", CloseReason::UpstreamError), "0+6x30")
            .series(errors("b", CloseReason::Timeout), "0+6x30")
            .series(ended("a"), "0+30x30")
            .series(ended("b"), "0+30x30")
            .fires(&[("kind", "agent")], "20%"),
    )
    .test(
        AlertTest::new("one stream in a hundred fails", "15m")
            .series(errors("a", CloseReason::UpstreamError), "0+1x30")
            .series(ended("a"), "0+99x30"),
    )
    .test(
        AlertTest::new("no stream that ends is no error", "15m")
            .series(errors("a", CloseReason::UpstreamError), "6x30")
            .series(ended("a"), "30x30"),
    )
}

fn stream_connection_drops() -> Alert {
    let ended = |reason: CloseReason| given(StreamMetrics::DISCONNECTS, "a").only(StreamKind::Session).only(reason);
    let dropped = rate(StreamMetrics::DISCONNECTS).except(CloseReason::Completed).by(KIND);
    Alert::new(
        runbook!("StreamConnectionDrops"),
        AlertRule {
            when: (dropped / rate(StreamMetrics::DISCONNECTS).by(KIND)).above(threshold(0.2)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Many event streams end before they are complete",
            description: "{{ $value | humanizePercentage }} of the {{ $labels.kind }} streams end before they are complete.",
            dashboard: STREAMING,
        },
    )
    .test(
        AlertTest::new("half of the streams are cut off, for two reasons", "15m")
            .series(ended(CloseReason::Completed), "0+30x30")
            .series(ended(CloseReason::ClientDisconnect), "0+20x30")
            .series(ended(CloseReason::Timeout), "0+10x30")
            .fires(&[("kind", "session")], "50%"),
    )
    .test(
        AlertTest::new("one client in ten leaves", "15m")
            .series(ended(CloseReason::Completed), "0+54x30")
            .series(ended(CloseReason::ClientDisconnect), "0+6x30"),
    )
    .test(
        AlertTest::new("nothing ends", "15m")
            .series(ended(CloseReason::Completed), "54x30")
            .series(ended(CloseReason::ClientDisconnect), "54x30"),
    )
}

fn stream_time_to_first_event_high() -> Alert {
    let waited = |bound| given(StreamMetrics::TIME_TO_FIRST_EVENT, "a").only(StreamKind::Workflow).bucket(bound);
    Alert::new(
        runbook!("StreamTimeToFirstEventHigh"),
        AlertRule {
            when: quantile(0.95, StreamMetrics::TIME_TO_FIRST_EVENT).by(KIND).above(threshold(2.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Event streams take long until their first event",
            description: "One {{ $labels.kind }} stream in twenty waits {{ $value | humanizeDuration }} or longer for its \
                          first event.",
            dashboard: STREAMING,
        },
    )
    .test(
        AlertTest::new("a tenth of the streams wait longer than the last bucket", "15m")
            .series(waited("2.0"), "0+54x30")
            .series(waited("5.0"), "0+54x30")
            .series(waited("10.0"), "0+54x30")
            .series(waited("+Inf"), "0+60x30")
            .fires(&[("kind", "workflow")], "10s"),
    )
    .test(
        AlertTest::new("one stream in a hundred does", "15m")
            .series(waited("2.0"), "0+99x30")
            .series(waited("5.0"), "0+99x30")
            .series(waited("10.0"), "0+99x30")
            .series(waited("+Inf"), "0+100x30"),
    )
}

fn stream_stalled() -> Alert {
    let active = |instance| given(StreamMetrics::ACTIVE, instance).only(StreamKind::Task);
    let events = || given(EventMetrics::SENT, "a").only(StreamKind::Task).is("event_type", "chunk");
    let (open, sent) = (sum(StreamMetrics::ACTIVE).by(KIND), rate(EventMetrics::SENT).by(KIND));
    Alert::new(
        runbook!("StreamStalled"),
        AlertRule {
            when: promql(format!("({open} > 0) unless ({sent} > 0)")),
            hold: "5m",
            severity: Severity::Critical,
            team: TEAM,
            summary: "Event streams are open and nothing is sent on them",
            description: "{{ $value }} {{ $labels.kind }} streams are open, and none of them has had an event in $window.",
            dashboard: STREAMING,
        },
    )
    .test(
        AlertTest::new("streams of two instances fall silent", "20m")
            .series(active("a"), "3x30")
            .series(active("b"), "2x30")
            .series(events(), "0+10x5 50x25")
            .fires(&[("kind", "task")], "5"),
    )
    .test(AlertTest::new("there was never an event", "15m").series(active("a"), "1x30").fires(&[("kind", "task")], "1"))
    .test(AlertTest::new("events come", "20m").series(active("a"), "3x30").series(events(), "0+1x30"))
    .test(AlertTest::new("no stream is open", "20m").series(active("a"), "0x30").series(events(), "50x30"))
    .test(
        AlertTest::new("a pause of less than the window and the time to hold", "12m")
            .series(active("a"), "3x30")
            .series(events(), "0+10x5 50x25"),
    )
}

fn stream_connection_failed() -> Alert {
    let errors = |component: Component, code| given(ErrorMetrics::ERRORS, "a").only(component).is("error_code", code);
    let failed = rate(ErrorMetrics::ERRORS).is("error_code", Errors::SESSION_CONNECTION_FAILED);
    Alert::new(
        runbook!("StreamConnectionFailed"),
        AlertRule {
            when: failed.by(["component"]).above(threshold(0.05)),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Sessions cannot connect their streams",
            description: "In component {{ $labels.component }}, {{ $value | printf \"%.2f\" }} sessions a second cannot \
                          connect their stream, the limit being $threshold.",
            dashboard: STREAMING,
        },
    )
    .test(
        AlertTest::new("six sessions a minute fail", "10m")
            .series(errors(Component::Stream, Errors::SESSION_CONNECTION_FAILED), "0+6x20")
            .fires(&[("component", "stream")], "0.10"),
    )
    .test(
        AlertTest::new("one a minute does", "10m")
            .series(errors(Component::Stream, Errors::SESSION_CONNECTION_FAILED), "0+1x20"),
    )
    .test(
        AlertTest::new("other errors are other alerts'", "10m")
            .series(errors(Component::Agent, Errors::AGENT_EXECUTION_ERROR), "0+60x20"),
    )
}
