//! The alerts on event streams that end badly, begin late, or stall.

use telemetry_core::{Component, ErrorMetrics, Errors, MetricDef};
use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Severity};
use telemetry_mixin::query::{
    Expr, FEWEST_OF_MOST, Selector, WINDOW_OF_MOST, elsewhere, given, increase, max, most_fail, promql, quantile, rate,
    series, sum, threshold,
};
use telemetry_mixin::runbook;

use super::names::{KIND, STREAMING, TEAM};
use crate::metrics::{CloseReason, EventMetrics, StreamKind, StreamMetrics};

/// How often streams end in an error, by the function of counters that is named. One on which nobody says anything
/// until its time is out is none where streams wait for people.
fn errors_by(function: &str) -> Expr {
    let all = series(StreamMetrics::ERRORS);
    let (others, silent) = (all.clone().except(CloseReason::Timeout), all.only(CloseReason::Timeout));
    // For as long as what it ended is in the window, though the process that declared it is gone.
    let waits = series(StreamMetrics::WAITS_FOR_PEOPLE);
    let waiting = format!("max by (job, kind) (last_over_time({waits}[$window]) == 1)");
    promql(format!(
        "sum by (kind) ({function}({others}[$window]) or {function}({silent}[$window]) unless on (job, kind) {waiting})"
    ))
}

pub(super) fn stream_error_rate_high() -> Alert {
    let errors =
        |instance, reason: CloseReason| given(StreamMetrics::ERRORS, instance).only(StreamKind::Agent).only(reason);
    let ended = |instance| given(StreamMetrics::DURATION, instance).count().only(StreamKind::Agent);
    let silent = |kind: StreamKind| given(StreamMetrics::ERRORS, "a").only(kind).only(CloseReason::Timeout);
    let all = |kind: StreamKind| given(StreamMetrics::DURATION, "a").count().only(kind);
    Alert::new(
        runbook!("StreamErrorRateHigh"),
        AlertRule {
            // Streams are measured when they end.
            when: (errors_by("rate") / rate(StreamMetrics::DURATION).by(KIND)).above(threshold(0.05)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Many event streams end in an error",
            description: "{{ $value | humanizePercentage }} of the {{ $labels.kind }} streams end in an error.",
            dashboard: STREAMING,
        },
    )
    .cause("stream errors")
    .keep_firing("5m")
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
        AlertTest::new("chats time out while nobody says anything, and tasks do not end as they should", "15m")
            .series(silent(StreamKind::Session), "0+6x30")
            .series(all(StreamKind::Session), "0+6x30")
            .series(waits(StreamKind::Session), "1x30")
            .series(silent(StreamKind::Task), "0+6x30")
            .series(all(StreamKind::Task), "0+60x30")
            .series(waits(StreamKind::Task), "0x30")
            .fires(&[("kind", "task")], "10%"),
    )
    .test(
        AlertTest::new("no stream that ends is no error", "15m")
            .series(errors("a", CloseReason::UpstreamError), "6x30")
            .series(ended("a"), "30x30"),
    )
}

/// The sibling that a single failure does not raise, and that pages nobody twice: where most fail, it says more.
pub(super) fn most_streams_fail() -> Alert {
    let errors = || given(StreamMetrics::ERRORS, "a").only(StreamKind::Agent).only(CloseReason::UpstreamError);
    let ended = || given(StreamMetrics::DURATION, "a").count().only(StreamKind::Agent);
    let healthy = elsewhere(StreamMetrics::DURATION).count().only(StreamKind::Agent);
    let of_chats = |metric: &'static MetricDef| given(metric, "a").only(StreamKind::Session);
    Alert::new(
        runbook!("MostStreamsFail"),
        AlertRule {
            when: most_fail(
                errors_by("increase"),
                increase(StreamMetrics::DURATION).by(KIND),
                FEWEST_OF_MOST,
            ),
            hold: "2m",
            severity: Severity::Critical,
            team: TEAM,
            summary: "Most event streams end in an error",
            description: "{{ $value | humanizePercentage }} of the {{ $labels.kind }} streams that ended within $window did so in \
                          an error.",
            dashboard: STREAMING,
        },
    )
    .window(WINDOW_OF_MOST)
    .cause("stream errors")
    .test(
        AlertTest::new("all of five a minute since ten minutes, beside a busy service where all is well", "30m")
            .series(errors(), "0x20 5+5x20")
            .series(ended(), "0+5x40")
            .series(healthy, "0+600x40")
            .fires(&[("job", "api"), ("kind", "agent")], "100%"),
    )
    .test(
        AlertTest::new("half of them, which is the limit", "30m")
            .series(errors(), "0+5x40")
            .series(ended(), "0+10x40"),
    )
    .test(
        AlertTest::new("one stream at night, which fails", "12m")
            .series(errors(), "0x5 1x20")
            .series(ended(), "0x5 1x20"),
    )
    .test(AlertTest::new("nothing ends", "30m").series(errors(), "50x40").series(ended(), "50x40"))
    .test(
        AlertTest::new("chats in which nobody says anything time out", "30m")
            .series(of_chats(StreamMetrics::ERRORS).only(CloseReason::Timeout), "0+5x40")
            .series(of_chats(StreamMetrics::DURATION).count(), "0+5x40")
            .series(waits(StreamKind::Session), "1x40"),
    )
    .test(
        AlertTest::new("the last process that had such chats has ended", "28m")
            .series(of_chats(StreamMetrics::ERRORS).only(CloseReason::Timeout), "0+5x20 stale")
            .series(of_chats(StreamMetrics::DURATION).count(), "0+5x20 stale")
            .series(waits(StreamKind::Session), "1x20 stale"),
    )
    .test(
        AlertTest::new("chats whose upstream fails", "30m")
            .series(of_chats(StreamMetrics::ERRORS).only(CloseReason::UpstreamError), "0+5x40")
            .series(of_chats(StreamMetrics::DURATION).count(), "0+5x40")
            .series(waits(StreamKind::Session), "1x40")
            .fires(&[("kind", "session")], "100%"),
    )
}

/// The kinds whose streams wait for people, as the application has declared.
fn wait_for_people() -> String {
    max(StreamMetrics::WAITS_FOR_PEOPLE).by(KIND).equal_to(1.0).to_string()
}

/// A series that says whether a kind waits for people.
fn waits(kind: StreamKind) -> Selector {
    given(StreamMetrics::WAITS_FOR_PEOPLE, "a").only(kind)
}

pub(super) fn stream_connection_drops() -> Alert {
    let of_kind =
        |kind: StreamKind, reason: CloseReason| given(StreamMetrics::DISCONNECTS, "a").only(kind).only(reason);
    let ended = |reason| of_kind(StreamKind::Task, reason);
    // A server that is stopped properly ends its streams, which a deployment does to one replica after the other.
    let dropped =
        rate(StreamMetrics::DISCONNECTS).except(CloseReason::Completed).except(CloseReason::ServerShutdown).by(KIND);
    let often = (dropped / rate(StreamMetrics::DISCONNECTS).by(KIND)).above(threshold(0.2));
    Alert::new(
        runbook!("StreamConnectionDrops"),
        AlertRule {
            when: often.unless(promql(wait_for_people())),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Many event streams end before they are complete",
            description: "{{ $value | humanizePercentage }} of the {{ $labels.kind }} streams end before they are complete.",
            dashboard: STREAMING,
        },
    )
    .keep_firing("5m")
    .test(
        AlertTest::new("half of the streams are cut off, for two reasons", "15m")
            .series(ended(CloseReason::Completed), "0+30x30")
            .series(ended(CloseReason::ClientDisconnect), "0+20x30")
            .series(ended(CloseReason::Timeout), "0+10x30")
            .series(waits(StreamKind::Task), "0x30")
            .fires(&[("kind", "task")], "50%"),
    )
    .test(
        AlertTest::new("those of a service whose neighbour completes all of many", "15m")
            .series(ended(CloseReason::ClientDisconnect), "0+30x30")
            .series(
                elsewhere(StreamMetrics::DISCONNECTS).only(StreamKind::Task).only(CloseReason::Completed),
                "0+3000x30",
            )
            .fires(&[("job", "api"), ("kind", "task")], "100%"),
    )
    .test(
        AlertTest::new("one client in ten leaves", "15m")
            .series(ended(CloseReason::Completed), "0+54x30")
            .series(ended(CloseReason::ClientDisconnect), "0+6x30"),
    )
    .test(
        AlertTest::new("a deployment of many replicas ends their streams", "15m")
            .series(ended(CloseReason::Completed), "0+6x30")
            .series(ended(CloseReason::ServerShutdown), "0x4 0+10x10 100x20"),
    )
    .test(
        AlertTest::new("people close their chats", "15m")
            .series(of_kind(StreamKind::Session, CloseReason::ClientDisconnect), "0+30x30")
            .series(waits(StreamKind::Session), "1x30"),
    )
    .test(
        AlertTest::new("nothing ends", "15m")
            .series(ended(CloseReason::Completed), "54x30")
            .series(ended(CloseReason::ClientDisconnect), "54x30"),
    )
}

pub(super) fn stream_time_to_first_event_high() -> Alert {
    let of = |kind: StreamKind, bound| given(StreamMetrics::TIME_TO_FIRST_EVENT, "a").only(kind).bucket(bound);
    let waited = |bound| of(StreamKind::Workflow, bound);
    Alert::new(
        runbook!("StreamTimeToFirstEventHigh"),
        AlertRule {
            when: quantile(0.95, StreamMetrics::TIME_TO_FIRST_EVENT)
                .by(KIND)
                .above(threshold(2.0))
                .unless(promql(wait_for_people())),
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
    .test(
        AlertTest::new("chats in which somebody says something after a while", "15m")
            .series(of(StreamKind::Session, "2.0"), "0x30")
            .series(of(StreamKind::Session, "+Inf"), "0+60x30")
            .series(waits(StreamKind::Session), "1x30"),
    )
    .test(
        AlertTest::new("none is opened", "15m")
            .series(waited("2.0"), "0x30")
            .series(waited("+Inf"), "60x30"),
    )
}

pub(super) fn stream_stalled() -> Alert {
    let active = |instance| given(StreamMetrics::ACTIVE, instance).only(StreamKind::Task);
    let events = || given(EventMetrics::SENT, "a").only(StreamKind::Task).is("event_type", "chunk");
    let (open, sent) = (sum(StreamMetrics::ACTIVE).by(KIND), rate(EventMetrics::SENT).by(KIND));
    Alert::new(
        runbook!("StreamStalled"),
        AlertRule {
            when: open.above(threshold(0.0)).unless(sent.above(0.0)).unless(promql(wait_for_people())),
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
    .test(
        AlertTest::new("those of a service whose neighbour sends many", "20m")
            .series(active("a"), "3x30")
            .series(
                elsewhere(EventMetrics::SENT).only(StreamKind::Task).is("event_type", "chunk"),
                "0+1000x30",
            )
            .fires(&[("job", "api"), ("kind", "task")], "3"),
    )
    .test(
        AlertTest::new("a room in which nobody says anything", "20m")
            .series(given(StreamMetrics::ACTIVE, "a").only(StreamKind::Session), "3x30")
            .series(waits(StreamKind::Session), "1x30"),
    )
    .test(AlertTest::new("no stream is open", "20m").series(active("a"), "0x30").series(events(), "50x30"))
    .test(
        AlertTest::new("a pause of less than the window and the time to hold", "12m")
            .series(active("a"), "3x30")
            .series(events(), "0+10x5 50x25"),
    )
}

pub(super) fn stream_connection_failed() -> Alert {
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
