//! Alerts on what applications tell of their own telemetry.

use crate::model::{Alert, AlertRule, AlertTest, Severity};
use crate::query::{given, increase, rate, threshold};
use crate::runbook;

use super::losses::{DROPPED, FAILURES, OVERFLOW, left_out, lost};
use super::names::{PIPELINE, TEAM};

pub(super) fn export_failing() -> Alert {
    let failures = |instance| given(FAILURES, instance).is("signal", "traces");
    Alert::new(
        runbook!("TelemetryExportFailing"),
        AlertRule {
            when: increase(FAILURES).by(["job", "signal"]).above(threshold(0.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A service cannot export its telemetry",
            description: "{{ $value | printf \"%.0f\" }} exports of {{ $labels.signal }} of job {{ $labels.job }} failed within \
                          $window, after all retries.",
            dashboard: PIPELINE,
        },
    )
    .window("10m")
    .test(
        AlertTest::new("two instances fail", "30m")
            .series(failures("a"), "0+2x40")
            .series(failures("b"), "0+1x40")
            .fires(&[("job", "api"), ("signal", "traces")], "30"),
    )
    .test(AlertTest::new("they failed half an hour ago", "60m").series(failures("a"), "0+2x20 40x40"))
    .test(AlertTest::new("none fails", "30m").series(failures("a"), "0x40"))
    .test(AlertTest::new("it has to hold for five minutes", "5m").series(failures("a"), "0+2x40"))
}

pub(super) fn dropped() -> Alert {
    let spans = |reason| given(DROPPED, "a").is("signal", "traces").is("reason", reason);
    Alert::new(
        runbook!("TelemetryDropped"),
        AlertRule {
            when: lost().by(["job", "signal", "reason"]).above(threshold(0.1)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A service loses telemetry",
            description: "Job {{ $labels.job }} loses {{ $value | printf \"%.1f\" }} items of {{ $labels.signal }} a second: \
                          {{ $labels.reason }}.",
            dashboard: PIPELINE,
        },
    )
    .test(
        AlertTest::new("the queue is full", "15m")
            .series(spans("queue_full"), "0+60x30")
            .fires(&[("job", "api"), ("signal", "traces"), ("reason", "queue_full")], "1.0"),
    )
    .test(AlertTest::new("six a minute are not many", "15m").series(spans("queue_full"), "0+6x30"))
    .test(AlertTest::new("what is never recorded has an alert of its own", "15m").series(spans("invalid_value"), "0+60x30"))
    .test(AlertTest::new("nothing is lost any longer", "30m").series(spans("queue_full"), "0+60x10 600x30"))
}

pub(super) fn values_left_out() -> Alert {
    let values = |reason| given(DROPPED, "a").is("signal", "metrics").is("reason", reason);
    Alert::new(
        runbook!("TelemetryValuesLeftOut"),
        AlertRule {
            when: left_out().by(["job", "reason"]).above(threshold(0.0)),
            hold: "15m",
            severity: Severity::Info,
            team: TEAM,
            summary: "A service records what cannot be measured",
            description: "Job {{ $labels.job }} leaves out {{ $value | printf \"%.2f\" }} measurements a second: \
                          {{ $labels.reason }}.",
            dashboard: PIPELINE,
        },
    )
    .window("15m")
    .test(
        AlertTest::new("a callback hangs, which is counted at each collection", "40m")
            .series(values("callback_hangs"), "0+4x60")
            .fires(&[("job", "api"), ("reason", "callback_hangs")], "0.07"),
    )
    .test(AlertTest::new("one value was refused an hour ago", "80m").series(values("invalid_value"), "0x10 1x80"))
    .test(AlertTest::new("a full queue has an alert of its own", "40m").series(values("queue_full"), "0+60x60"))
}

pub(super) fn series_overflow() -> Alert {
    let folded = || given(OVERFLOW, "a").is("metric", "runtime_tool_execute_seconds");
    Alert::new(
        runbook!("TelemetrySeriesOverflow"),
        AlertRule {
            when: rate(OVERFLOW).by(["job", "metric"]).above(threshold(0.0)),
            hold: "15m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A metric has more series than it may have",
            description: "{{ $value | printf \"%.1f\" }} measurements a second of {{ $labels.metric }} of job {{ $labels.job }} are \
                          counted under `_other`: one of its labels has reached its limit of values.",
            dashboard: PIPELINE,
        },
    )
    .test(
        AlertTest::new("a label has too many values", "30m")
            .series(folded(), "0+30x40")
            .fires(&[("job", "api"), ("metric", "runtime_tool_execute_seconds")], "0.5"),
    )
    .test(AlertTest::new("a minute's burst", "30m").series(folded(), "0x10 30x40"))
    .test(AlertTest::new("every value has a series", "30m").series(folded(), "0x40"))
}
