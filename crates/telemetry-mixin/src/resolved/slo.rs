//! An objective as recording rules: the share of bad events over each window, and what is left of the error budget.

use super::rule::RuleGroup;
use crate::model::{RecordingRule, Slo};
use crate::promql::in_namespace;
use crate::settings::GeneratorSettings;

/// The windows of which the share of bad events is recorded at each evaluation.
const WINDOWS: [&str; 5] = ["30m", "1h", "2h", "6h", "1d"];

/// Those over which so much is read that it is done less often.
const LONG_WINDOWS: [&str; 2] = ["3d", MONTH];

/// What the objective is about.
pub(super) const MONTH: &str = "30d";

/// The events that nobody has to wait for: their rates are taken of what applications export, and every other window is made
/// of these, one series in place of many.
const SHORTEST: &str = "5m";

/// The seconds of [`SHORTEST`].
const SHORTEST_SECONDS: f64 = 300.0;

/// The value of the label `instance` on what is left of a budget, which belongs to all instances of a job: a dashboard narrows
/// every series to the instances that are chosen.
pub(crate) const ALL_INSTANCES: &str = "all";

/// The objective with what an operator has set of it, where that can be.
pub(super) fn configured(declared: &Slo, settings: &GeneratorSettings) -> Slo {
    let mut slo = declared.clone();
    slo.runbook.name = in_namespace(declared.name(), &settings.namespace).into_owned();
    if let Some(&objective) = settings.objectives.get(slo.name()).filter(|own| is_share(**own)) {
        slo.objective = objective;
    }
    slo.tested = slo.tested.renamed(|series| in_namespace(series, &settings.namespace).into_owned());
    slo.description = slo.description.replace("$objective", &percent(slo.objective));
    slo
}

/// Whether it can be an objective: of no events or all of them nothing can be promised.
pub(crate) fn is_share(objective: f64) -> bool {
    objective > 0.0 && objective < 1.0
}

/// The share of events that may be bad.
pub(super) fn budget(slo: &Slo) -> f64 {
    rounded(1.0 - slo.objective)
}

/// All rules in the order in which they have to be evaluated.
pub(super) fn rules<'a>(slo: &Slo, counted: impl Iterator<Item = &'a str>) -> Vec<(RuleGroup, RecordingRule)> {
    let (bad, events) = (series(slo, "bad_rate5m"), series(slo, "events_rate5m"));
    let in_shortest = |expr: String| expr.replace("$window", SHORTEST);
    let zero = slo.total.clone() * 0.0;
    let mut rules = vec![
        RecordingRule::new(&bad, in_shortest(format!("{} or {zero}", slo.bad))),
        RecordingRule::new(&events, in_shortest(slo.total.to_string())),
        RecordingRule::new(share_of(slo, SHORTEST), format!("{bad} / ({events} > 0)")),
    ];
    let share = |window: &str| {
        let expr = format!("sum_over_time({bad}[{window}]) / (sum_over_time({events}[{window}]) > 0)");
        RecordingRule::new(share_of(slo, window), expr)
    };
    rules.extend(WINDOWS.map(share));
    let mut long: Vec<RecordingRule> = LONG_WINDOWS.map(share).into();
    for window in counted {
        let expr = format!("sum_over_time({events}[{window}:{SHORTEST}]) * {SHORTEST_SECONDS}");
        let rule = RecordingRule::new(events_of(slo, window), expr);
        if LONG_WINDOWS.contains(&window) { long.push(rule) } else { rules.push(rule) }
    }
    let left = format!("1 - {} / {}", share_of(slo, MONTH), budget(slo));
    long.push(RecordingRule::new(budget_left(slo), left).label("instance", ALL_INSTANCES));
    let own = rules.into_iter().map(|rule| (RuleGroup::Objectives, rule));
    own.chain(long.into_iter().map(|rule| (RuleGroup::Months, rule))).collect()
}

/// The share of bad events over a window: of `ToolSuccess` over 5 m it is `slo:tool_success:bad_ratio_rate5m`.
pub(super) fn share_of(slo: &Slo, window: &str) -> String {
    series(slo, &format!("bad_ratio_rate{window}"))
}

/// How many events there were within a window.
pub(super) fn events_of(slo: &Slo, window: &str) -> String {
    series(slo, &format!("events_increase{window}"))
}

/// What is left of the error budget of 30 days: 1 before anything went wrong, below 0 where the objective is missed.
pub(crate) fn budget_left(slo: &Slo) -> String {
    series(slo, "error_budget_left30d")
}

fn series(slo: &Slo, operation: &str) -> String {
    let mut name = String::new();
    for letter in slo.name().chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    format!("slo:{name}:{operation}")
}

/// `0.999` is `99.9 %`.
fn percent(share: f64) -> String {
    format!("{} %", rounded(share * 100.0))
}

/// Without the digits that binary fractions leave behind.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}
