//! An objective as rules and burn-rate alerts.

use crate::model::{Alert, AlertRule, AlertTest, RecordingRule, Runbook, Severity, Slo};
use crate::query::{Expr, promql, share};

/// A burn rate that is looked at over a long window, and over a short one so that the alert ends soon after the burn.
struct Burn {
    /// How many times faster than allowed the budget of 30 days is used up.
    rate: f64,
    long: &'static str,
    short: &'static str,
    severity: Severity,
    hold: &'static str,
    /// The end of the alert's name.
    name: &'static str,
    /// When a test looks: after the short window and `hold`.
    tested_at: &'static str,
}

/// The table of the Google SRE workbook's chapter on alerting on objectives, for 30 days: 2 % of the budget in an
/// hour, 5 % in six hours, 10 % in a day, 10 % in three days.
const BURNS: [Burn; 4] = [
    Burn {
        rate: 14.4,
        long: "1h",
        short: "5m",
        severity: Severity::Critical,
        hold: "2m",
        name: "BurnRateFast",
        tested_at: "30m",
    },
    Burn {
        rate: 6.0,
        long: "6h",
        short: "30m",
        severity: Severity::Critical,
        hold: "15m",
        name: "BurnRateHigh",
        tested_at: "2h",
    },
    Burn {
        rate: 3.0,
        long: "1d",
        short: "2h",
        severity: Severity::Warning,
        hold: "1h",
        name: "BurnRateRaised",
        tested_at: "4h",
    },
    Burn {
        rate: 1.0,
        long: "3d",
        short: "6h",
        severity: Severity::Warning,
        hold: "3h",
        name: "BurnRateSlow",
        tested_at: "10h",
    },
];

/// Events a minute in the alerts' tests.
const TESTED_EVENTS: f64 = 60_000.0;

/// The share of bad events over each window.
pub(super) fn rules(slo: &Slo) -> Vec<RecordingRule> {
    // The short window of one burn rate may be the long one of another.
    let mut windows: Vec<&str> = BURNS.iter().map(|burn| burn.short).collect();
    windows.extend(BURNS.iter().map(|burn| burn.long).filter(|long| BURNS.iter().all(|burn| burn.short != *long)));
    windows
        .into_iter()
        .map(|window| {
            let share = share(slo.bad.clone(), slo.total.clone()).to_string();
            RecordingRule::new(recorded(slo, window), share.replace("$window", window))
        })
        .collect()
}

/// One alert for each burn rate that the objective's budget lets happen: where one event in ten may be bad, the budget
/// cannot be burned 14.4 times too fast.
pub(super) fn alerts(slo: &Slo) -> Vec<Alert> {
    let budget = 1.0 - slo.objective;
    BURNS.iter().filter(|burn| burn.rate * budget < 1.0).map(|burn| alert(slo, burn)).collect()
}

fn alert(slo: &Slo, burn: &Burn) -> Alert {
    let budget = 1.0 - slo.objective;
    let (long, short) = (recorded(slo, burn.long), recorded(slo, burn.short));
    let Burn { rate, hold, severity, name, .. } = burn;
    let limit = rounded(rate * budget);
    let description = format!(
        "Over {} and over {} alike, the share of bad events is above {limit}, {rate} times what is allowed: {}.",
        burn.long, burn.short, slo.description,
    );
    let rule = AlertRule {
        when: burns(&long, limit).and(burns(&short, limit)),
        hold,
        severity: *severity,
        team: &slo.team,
        summary: &format!("The error budget of {} burns at {rate} times the allowed rate", slo.name()),
        description: &description,
        dashboard: &slo.dashboard,
    };
    let runbook = Runbook::new(format!("{}{name}", slo.name()), slo.runbook.text.clone());
    let mut alert = Alert::new(runbook, rule).cause(slo.name());
    for (case, share, fires) in [
        ("half way from the limit to all events is bad", f64::midpoint(rate * budget, 1.0), true),
        ("half of the limit is bad", rate * budget / 2.0, false),
    ] {
        let bad = (TESTED_EVENTS * share).round();
        let mut test = AlertTest::new(case, burn.tested_at)
            .series(slo.tested.0.clone(), format!("0+{bad}x700"))
            .series(slo.tested.1.clone(), format!("0+{}x700", TESTED_EVENTS - bad));
        if fires {
            let labels: Vec<(&str, &str)> =
                slo.tested_labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            test = test.fires(&labels, "");
        }
        alert = alert.test(test);
    }
    alert
}

fn burns(recorded: &str, limit: f64) -> Expr {
    promql(recorded).above(limit)
}

/// `ToolSuccess` over 5 m is `slo:tool_success:bad_ratio_rate5m`.
fn recorded(slo: &Slo, window: &str) -> String {
    let mut name = String::new();
    for letter in slo.name().chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    format!("slo:{name}:bad_ratio_rate{window}")
}

/// Without the digits that binary fractions leave behind.
fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}
