//! The alerts on how fast an objective's error budget burns, with their tests.

use super::slo::{budget, events_of, rounded, share_of};
use crate::model::{Alert, AlertRule, AlertTest, Runbook, Severity, Slo};
use crate::query::{Expr, promql, threshold};

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
    /// When a test looks, in minutes: after `hold` and some evaluations.
    tested_at: u32,
    /// For how many minutes all is bad in the test of a burn that is over, and when that is looked at.
    over: Option<(u32, u32)>,
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
        tested_at: 20,
        over: Some((30, 44)),
    },
    Burn {
        rate: 6.0,
        long: "6h",
        short: "30m",
        severity: Severity::Critical,
        hold: "15m",
        name: "BurnRateHigh",
        tested_at: 40,
        over: Some((60, 110)),
    },
    Burn {
        rate: 3.0,
        long: "1d",
        short: "2h",
        severity: Severity::Warning,
        hold: "1h",
        name: "BurnRateRaised",
        tested_at: 90,
        over: None,
    },
    Burn {
        rate: 1.0,
        long: "3d",
        short: "6h",
        severity: Severity::Warning,
        hold: "3h",
        name: "BurnRateSlow",
        tested_at: 210,
        over: None,
    },
];

/// Events a minute in the alerts' tests.
const TESTED_EVENTS: f64 = 60_000.0;

/// So many bad events at least are needed for any alert, however few events there are.
const LEAST_BAD: f64 = 2.0;

/// One burn rate for each that the objective's budget lets happen: where one event in ten may be bad, the budget cannot be
/// burned 14.4 times too fast.
fn burns(slo: &Slo) -> impl Iterator<Item = &'static Burn> {
    let budget = budget(slo);
    BURNS.iter().filter(move |burn| burn.rate * budget < 1.0)
}

/// The windows in which the alerts count events.
pub(super) fn counted(slo: &Slo) -> impl Iterator<Item = &'static str> {
    burns(slo).map(|burn| burn.long)
}

/// The alerts on an objective.
pub(super) fn alerts(slo: &Slo) -> Vec<Alert> {
    burns(slo).map(|burn| alert(slo, burn)).collect()
}

fn alert(slo: &Slo, burn: &Burn) -> Alert {
    let Burn { rate, long, short, hold, severity, name, .. } = burn;
    let limit = rounded(rate * budget(slo));
    // At the limit so many events are bad that one alone is not.
    let least = slo.least_events.max((LEAST_BAD / limit).ceil());
    let burning = |window: &str| promql(share_of(slo, window)).above(limit);
    let when: Expr = burning(long).and(burning(short)).and(promql(events_of(slo, long)).at_least(threshold(least)));
    let description = format!(
        "Of at least $threshold events within {long}{}, {{{{ $value | humanizePercentage }}}} were bad, and within the last \
         {short} there were too many, too: more than {}, at which the budget of 30 days is used up {rate} times too fast. \
         The objective: {}.",
        concerning(slo),
        percentage(limit),
        slo.description,
    );
    let rule = AlertRule {
        when,
        hold,
        severity: *severity,
        team: &slo.team,
        summary: &format!("The error budget of {} burns at {rate} times the allowed rate", slo.name()),
        description: &description,
        dashboard: &slo.dashboard,
    };
    let runbook = Runbook::new(format!("{}{name}", slo.name()), slo.runbook.text.clone());
    tests(slo, burn, limit, least).into_iter().fold(Alert::new(runbook, rule).cause(slo.name()), Alert::test)
}

/// Which series the description is about: those labels that the alert keeps.
fn concerning(slo: &Slo) -> String {
    let labels: Vec<String> =
        slo.tested_labels.iter().map(|(name, _)| format!("{name} {{{{ $labels.{name} }}}}")).collect();
    if labels.is_empty() { String::new() } else { format!(" ({})", labels.join(", ")) }
}

fn tests(slo: &Slo, burn: &Burn, limit: f64, least: f64) -> Vec<AlertTest> {
    let minutes = burn.tested_at;
    let test = |case: &str| AlertTest::new(case, format!("{minutes}m"));
    let rising = |events: f64| format!("0+{events}x{minutes}");
    let steadily = |share: f64| {
        let bad = (TESTED_EVENTS * share).round();
        slo.tested.counting(bad, TESTED_EVENTS - bad)
    };
    let burning = (f64::midpoint(limit, 1.0) * 100.0).round() / 100.0;
    let labels: Vec<(&str, &str)> =
        slo.tested_labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let fires = counting(test("another job that is well hides nothing"), steadily(burning), rising);
    let fires = slo.tested.counting(0.0, 10.0 * TESTED_EVENTS).into_iter().fold(fires, |test, (series, events)| {
        test.series(series.replacen("job=\"api\"", "job=\"web\"", 1), rising(events))
    });
    let few = slo.tested.counting((least / 2.0).floor(), 0.0);
    let mut tests = vec![
        fires.fires(&labels, percentage(burning)),
        counting(test("just below the limit"), steadily(limit * 0.95), rising),
        // All at once, within the short window, and for longer than it has to hold.
        counting(test("a few events, all of them bad"), few, |events| format!("0x16 {events}x{minutes}")),
        counting(test("no events since all were bad"), slo.tested.counting(TESTED_EVENTS, 0.0), |events| {
            format!("{events}x{minutes}")
        }),
    ];
    if let Some((minutes, at)) = burn.over {
        let over = AlertTest::new("the burn is over", format!("{at}m"));
        let (bad, good) = (slo.tested.counting(TESTED_EVENTS, 0.0), slo.tested.counting(0.0, TESTED_EVENTS));
        tests.push(bad.into_iter().zip(good).fold(over, |test, ((series, first), (_, then))| {
            let from = first * f64::from(minutes) + then;
            test.series(series, format!("0+{first}x{minutes} {from}+{then}x{at}"))
        }));
    }
    tests
}

/// Adds the two series with the values that each has of its events.
fn counting(test: AlertTest, events: [(&str, f64); 2], values: impl Fn(f64) -> String) -> AlertTest {
    events.into_iter().fold(test, |test, (series, events)| test.series(series, values(events)))
}

/// As Prometheus writes it: `14.4%`.
fn percentage(share: f64) -> String {
    format!("{}%", rounded(share * 100.0))
}
