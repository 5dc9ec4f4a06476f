//! The alerts on what calls cost.

use telemetry_mixin::model::{Alert, AlertRule, AlertTest, RecordingRule, Runbook, Severity};
use telemetry_mixin::query::{Expr, Selector, given, increase, promql, rate, threshold};
use telemetry_mixin::runbook;

use super::names::{MODEL, PROVIDERS, TEAM};
use crate::metrics::ModelMetrics;

/// What an hour has cost: months are added up of hours, since all that instances of a month have exported would be read at each
/// evaluation otherwise.
const HOUR: &str = "job:llm_provider_cost_usd:increase1h";

/// What the alert on a month's budget reads.
pub(super) fn rules() -> [RecordingRule; 1] {
    [RecordingRule::new(HOUR, increase(ModelMetrics::COST).over("1h"))]
}

fn cost() -> Selector {
    given(ModelMetrics::COST, "a").is("provider", "anthropic").is("model", "claude-opus-4-5")
}

fn cost_elsewhere() -> Selector {
    given(ModelMetrics::COST, "b").is("provider", "openai").is("model", "gpt-5")
}

pub(super) fn high_provider_cost() -> Alert {
    Alert::new(
        runbook!("HighProviderCost"),
        AlertRule {
            when: (rate(ModelMetrics::COST) * 3600.0).above(threshold(100.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Providers cost much at the present rate",
            description: "At the present rate an hour costs {{ $value | printf \"%.0f\" }} US dollars, the limit being $threshold.",
            dashboard: PROVIDERS,
        },
    )
    .test(
        AlertTest::new("two models together pass the limit", "12m")
            .series(cost(), "0+1x20")
            .series(cost_elsewhere(), "0+1x20")
            .fires(&[], "120"),
    )
    .test(AlertTest::new("sixty dollars an hour are within the limit", "12m").series(cost(), "0+1x20"))
}

pub(super) fn provider_daily_budget_exceeded() -> Alert {
    let description = "The last 24 hours cost {{ $value | printf \"%.0f\" }} US dollars, the budget being $threshold.";
    budget(
        runbook!("ProviderDailyBudgetExceeded"),
        increase(ModelMetrics::COST).above(threshold(500.0)),
        "The budget of a day for LLM providers is spent",
        description,
    )
    .window("1d")
    .test(
        AlertTest::new("six hundred dollars in a day", "24h")
            .series(cost(), "0+0.25x1440")
            .series(cost_elsewhere(), "0+0.25x1440")
            .fires(&[], "720"),
    )
    .test(AlertTest::new("half of the budget", "24h").series(cost(), "0+0.17x1440"))
}

pub(super) fn provider_monthly_budget_exceeded() -> Alert {
    let description = "The last 30 days cost {{ $value | printf \"%.0f\" }} US dollars, the budget being $threshold.";
    budget(
        runbook!("ProviderMonthlyBudgetExceeded"),
        promql(format!("sum_over_time({HOUR}[$window:1h])")).above(threshold(10_000.0)),
        "The budget of a month for LLM providers is spent",
        description,
    )
    .window("30d")
    .test(
        AlertTest::new("a day that costs as much as a month may", "24h")
            .series(cost(), "0+10x1440")
            .fires(&[], "14400"),
    )
    .test(
        AlertTest::new("three processes, each of which tells what it cost at once and ends within the hour", "24h")
            .series(cost(), "_x10 0 4000x30 _x1400")
            .series(cost_elsewhere(), "_x310 0 4000x30 _x1100")
            .series(
                given(ModelMetrics::COST, "c").is("provider", "openai").is("model", "gpt-5"),
                "_x610 0 4000x30 _x800",
            )
            .fires(&[], "12194"),
    )
    .test(AlertTest::new("seven hundred dollars in a day", "24h").series(cost(), "0+0.5x1440"))
}

fn budget(runbook: Runbook, when: Expr, summary: &str, description: &str) -> Alert {
    Alert::new(
        runbook,
        AlertRule {
            when,
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary,
            description,
            dashboard: PROVIDERS,
        },
    )
}

pub(super) fn unpriced_model() -> Alert {
    let unpriced = || given(ModelMetrics::UNPRICED, "a").is("provider", "openai").is("model", "brand-new");
    Alert::new(
        runbook!("UnpricedModel"),
        AlertRule {
            when: increase(ModelMetrics::UNPRICED).by(MODEL).above(threshold(0.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "The cost of a model's calls is missing",
            description: "{{ $value | printf \"%.0f\" }} calls of {{ $labels.model }} at {{ $labels.provider }} within an hour have no price.",
            dashboard: PROVIDERS,
        },
    )
    .window("1h")
    .test(
        AlertTest::new("calls of a model that no table has", "70m")
            .series(unpriced(), "0+2x80")
            .fires(&[("provider", "openai"), ("model", "brand-new")], "120"),
    )
    .test(AlertTest::new("the price came two hours ago", "200m").series(unpriced(), "0+2x60 120x200"))
}
