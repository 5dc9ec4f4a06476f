//! The alert that holds notes back: Alertmanager keeps those of a service quiet while it fires.

use crate::model::{Alert, AlertRule, AlertTest, Severity};
use crate::query::{Selector, promql, series};
use crate::runbook;

use super::names::{PIPELINE, TEAM};

/// Notes, but for the alert that always fires and this one.
const NOTES: &str =
    "ALERTS{alertstate=\"firing\", escalation=\"\", severity=\"info\", alertname!~\"Watchdog|InfoInhibitor\"}";

/// What somebody has to act on.
const SERIOUS: &str = "ALERTS{alertstate=\"firing\", escalation=\"\", severity=~\"warning|critical\"}";

fn firing(alert: &str, severity: &str) -> Selector {
    series("ALERTS").is("alertname", alert).is("alertstate", "firing").is("severity", severity).is("job", "api")
}

pub(super) fn info_inhibitor() -> Alert {
    let note = || firing("TelemetryValuesLeftOut", "info");
    Alert::new(
        runbook!("InfoInhibitor"),
        AlertRule {
            when: promql(format!("count by (job) ({NOTES}) > 0 unless count by (job) ({SERIOUS})")),
            hold: "1m",
            severity: Severity::Info,
            team: TEAM,
            summary: "Notes of a service are held back",
            description: "Alerts of the lowest severity fire of job {{ $labels.job }} and nothing more serious does: \
                          Alertmanager tells nobody of them.",
            dashboard: PIPELINE,
        },
    )
    .test(AlertTest::new("a note is all that fires", "10m").series(note(), "1x20").fires(&[("job", "api")], ""))
    .test(
        AlertTest::new("a warning fires, too", "10m")
            .series(note(), "1x20")
            .series(firing("HighLatency", "warning"), "1x20"),
    )
    .test(
        AlertTest::new("a warning of another service fires", "10m")
            .series(note(), "1x20")
            .series(
                series("ALERTS")
                    .is("alertname", "X")
                    .is("alertstate", "firing")
                    .is("severity", "warning")
                    .is("job", "b"),
                "1x20",
            )
            .fires(&[("job", "api")], ""),
    )
    .test(AlertTest::new("the watchdog fires", "10m").series(firing("Watchdog", "info"), "1x20"))
}
