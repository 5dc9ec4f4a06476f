//! Who should be there and is not: how many processes each service has, how many it should have, and the alerts on it.

use telemetry_core::{MetricDef, SelfMetrics};
use telemetry_mixin::model::{Alert, AlertRule, AlertTest, RecordingRule, Severity};
use telemetry_mixin::query::{Selector, elsewhere, given, promql, series};
use telemetry_mixin::runbook;

use super::names::{OVERVIEW, TEAM};
use crate::metrics::ProcessMetrics;

/// The last word of a process that ends as it is meant to.
const ENDED: &MetricDef = SelfMetrics::CATALOGUE[3];

/// How many processes of a service are there.
const ALIVE: &str = "job:agentpane_processes:alive";

/// How many should be.
const EXPECTED: &str = "job:agentpane_processes:expected";

/// The last words that have been heeded.
const HEEDED: &str = "job_instance:telemetry_process_ended:heeded";

/// What the alerts read, in the order in which they are evaluated.
///
/// So many processes are expected as there were at most, less those that have ended with a last word: each lowers the number
/// once. The number remembers itself, so that an outage lasts until it ends; what is missing may be replaced by whatever
/// process of the same service.
pub(super) fn rules() -> [RecordingRule; 3] {
    // The collector goes on telling the last value of a process that has gone, so a heartbeat is one that changes.
    let beats = format!("changes({}[$window]) > 0", series(ProcessMetrics::UPTIME));
    let ended = format!("max by (job, instance) (last_over_time({}[1h])) == 1", series(ENDED));
    let alive = format!("count by (job) ({beats} unless on (job, instance) {ended})");
    let before = format!("last_over_time({EXPECTED}[1d])");
    let less = format!("count by (job) ({ended} unless on (job, instance) {HEEDED})");
    let left = format!("(clamp_min({before} - {less}, 0) or {before})");
    [
        RecordingRule::new(ALIVE, promql(alive)).of_absence("90s"),
        RecordingRule::new(EXPECTED, promql(format!("{ALIVE} >= {left} or {left} or {ALIVE}"))),
        RecordingRule::new(HEEDED, promql(ended)),
    ]
}

fn beat(instance: &str) -> Selector {
    given(ProcessMetrics::UPTIME, instance)
}

fn ended(instance: &str) -> Selector {
    given(ENDED, instance)
}

fn up() -> Selector {
    given("up", "a")
}

pub(super) fn down() -> Alert {
    Alert::new(
        runbook!("AgentPaneDown"),
        AlertRule {
            when: promql(format!(
                "({EXPECTED} > 0 unless {ALIVE}) or (count by (job) (up == 0) > 0 and on (job) {EXPECTED} > 0)"
            )),
            hold: "1m",
            severity: Severity::Critical,
            team: TEAM,
            summary: "AgentPane is down",
            description: "Job {{ $labels.job }} has gone without a last word and gives no sign of life, or does not answer its \
                          scrapes.",
            dashboard: OVERVIEW,
        },
    )
    .of_absence()
    .cause("down")
    .test(
        AlertTest::new("the only instance goes silent, beside another service that beats", "15m")
            .series(beat("a"), "0+60x10 _x10")
            .series(elsewhere(ProcessMetrics::UPTIME), "0+60x20")
            .fires(&[("job", "api")], ""),
    )
    .test(AlertTest::new("it went half a day ago", "12h").series(beat("a"), "0+60x10 _x720").fires(&[("job", "api")], ""))
    .test(
        AlertTest::new("the collector repeats the last value", "15m")
            .series(beat("a"), "0+60x10 600x10")
            .fires(&[("job", "api")], ""),
    )
    .test(
        AlertTest::new("it does not answer its scrapes", "15m")
            .series(beat("a"), "0+60x10 _x10")
            .series(up(), "1x10 0x10")
            .fires(&[("job", "api")], ""),
    )
    .test(
        AlertTest::new("one of two instances does not answer its scrapes", "15m")
            .series(beat("a"), "0+60x10 _x10")
            .series(beat("b"), "0+60x20")
            .series(up(), "1x10 0x10")
            .fires(&[("job", "api")], ""),
    )
    .test(
        AlertTest::new("both instances crash two minutes after a deployment", "3h")
            .series(beat("a"), "0+60x10 _x180")
            .series(ended("a"), "0x9 1 _x180")
            .series(beat("b"), "_x9 0+60x3 _x180")
            .series(ended("b"), "_x9 0x3 _x180")
            .series(beat("c"), "_x9 0+60x3 _x180")
            .fires(&[("job", "api")], ""),
    )
    .test(AlertTest::new("it beats", "15m").series(beat("a"), "0+60x20").series(up(), "1x20"))
    .test(AlertTest::new("it restarts", "15m").series(beat("a"), "0+60x10 0+60x10"))
    .test(
        AlertTest::new("it crashes, and another instance begins", "30m")
            .series(beat("a"), "0+60x10 _x20")
            .series(beat("b"), "_x13 0+60x20"),
    )
    .test(
        AlertTest::new("a batch job ends as it is meant to", "15m")
            .series(beat("a"), "0+60x10 _x10")
            .series(ended("a"), "0x9 1 _x10"),
    )
    .test(
        AlertTest::new("a batch job ended hours ago, of which the collector repeats the last word", "3h")
            .series(beat("a"), "0+60x10 600x5 _x180")
            .series(ended("a"), "0x9 1x6 _x180"),
    )
    .test(
        AlertTest::new("it is stopped and started again under the same name", "30m")
            .series(beat("a"), "0+60x10 _x5 0+60x20")
            .series(ended("a"), "0x9 1 _x5 0x20"),
    )
    .test(
        AlertTest::new("one of two pushing instances goes", "15m")
            .series(beat("a"), "0+60x10 _x10")
            .series(beat("b"), "0+60x20"),
    )
    .test(AlertTest::new("something else does not answer its scrapes", "15m").series(up(), "0x20"))
}

pub(super) fn replica_missing() -> Alert {
    Alert::new(
        runbook!("AgentPaneReplicaMissing"),
        AlertRule {
            when: promql(format!("{EXPECTED} - {ALIVE}")).above(0.0),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Instances of AgentPane are missing",
            description: "{{ $value }} instances of job {{ $labels.job }} have gone without a last word, and no others have taken \
                          their place.",
            dashboard: OVERVIEW,
        },
    )
    .of_absence()
    .cause("down")
    .test(
        AlertTest::new("one of three vanishes, and is missed for hours", "3h")
            .series(beat("a"), "0+60x180")
            .series(beat("b"), "0+60x180")
            .series(beat("c"), "0+60x10 _x170")
            .fires(&[("job", "api")], "1"),
    )
    .test(
        AlertTest::new("it is replaced within five minutes", "30m")
            .series(beat("a"), "0+60x40")
            .series(beat("b"), "0+60x10 _x30")
            .series(beat("c"), "_x12 0+60x30"),
    )
    .test(
        AlertTest::new("one of three is stopped", "30m")
            .series(beat("a"), "0+60x40")
            .series(beat("b"), "0+60x40")
            .series(beat("c"), "0+60x10 _x30")
            .series(ended("c"), "0x9 1 _x30"),
    )
    .test(
        AlertTest::new("a deployment, the new ones beginning before the old ones end", "40m")
            .series(beat("a"), "0+60x10 _x40")
            .series(ended("a"), "0x9 1 _x40")
            .series(beat("b"), "0+60x14 _x40")
            .series(ended("b"), "0x13 1 _x40")
            .series(beat("c"), "_x7 0+60x50")
            .series(beat("d"), "_x11 0+60x50"),
    )
    .test(
        AlertTest::new("one crashes during a deployment and is not replaced", "40m")
            .series(beat("a"), "0+60x10 _x40")
            .series(ended("a"), "0x9 1 _x40")
            .series(beat("b"), "0+60x12 _x40")
            .series(beat("c"), "_x11 0+60x50")
            .fires(&[("job", "api")], "1"),
    )
    .test(
        AlertTest::new("all are gone, which has an alert of its own", "30m")
            .series(beat("a"), "0+60x10 _x30")
            .series(beat("b"), "0+60x10 _x30"),
    )
    .test(AlertTest::new("nothing was ever there", "30m"))
}
