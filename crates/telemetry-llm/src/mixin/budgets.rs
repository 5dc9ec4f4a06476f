//! The alerts on money: spend, budgets, and models without a price.

use telemetry_mixin::model::{Alert, AlertTest};

use super::{PROVIDERS, TEAM};

const COST: &str =
    r#"llm_provider_cost_usd_total{job="api", instance="a", provider="anthropic", model="claude-opus-4-5"}"#;
const COST_ELSEWHERE: &str =
    r#"llm_provider_cost_usd_total{job="api", instance="b", provider="openai", model="gpt-5"}"#;

pub(super) fn high_provider_cost() -> Alert {
    Alert::new("HighProviderCost", "sum(rate(llm_provider_cost_usd_total[$window])) * 3600 > $threshold")
        .threshold(100.0)
        .hold("5m")
        .team(TEAM)
        .summary("Providers cost much at the present rate")
        .description(
            "At the present rate an hour costs {{ $value | printf \"%.0f\" }} US dollars, the limit being $threshold.",
        )
        .dashboard(PROVIDERS)
        .test(
            AlertTest::new("two models together pass the limit", "12m")
                .series(COST, "0+1x20")
                .series(COST_ELSEWHERE, "0+1x20")
                .fires(&[], "120"),
        )
        .test(AlertTest::new("sixty dollars an hour are within the limit", "12m").series(COST, "0+1x20"))
}

pub(super) fn provider_daily_budget_exceeded() -> Alert {
    budget("ProviderDailyBudgetExceeded", "1d", 500.0)
        .summary("The budget of a day for LLM providers is spent")
        .description("The last 24 hours cost {{ $value | printf \"%.0f\" }} US dollars, the budget being $threshold.")
        .test(
            AlertTest::new("six hundred dollars in a day", "24h")
                .series(COST, "0+0.25x1440")
                .series(COST_ELSEWHERE, "0+0.25x1440")
                .fires(&[], "720"),
        )
        .test(AlertTest::new("half of the budget", "24h").series(COST, "0+0.17x1440"))
}

pub(super) fn provider_monthly_budget_exceeded() -> Alert {
    budget("ProviderMonthlyBudgetExceeded", "30d", 10_000.0)
        .summary("The budget of a month for LLM providers is spent")
        .description("The last 30 days cost {{ $value | printf \"%.0f\" }} US dollars, the budget being $threshold.")
        .test(
            AlertTest::new("a day that costs as much as a month may", "24h")
                .series(COST, "0+10x1440")
                .fires(&[], "14400"),
        )
        .test(AlertTest::new("seven hundred dollars in a day", "24h").series(COST, "0+0.5x1440"))
}

fn budget(name: &str, window: &str, usd: f64) -> Alert {
    Alert::new(name, "sum(increase(llm_provider_cost_usd_total[$window])) > $threshold")
        .threshold(usd)
        .window(window)
        .hold("5m")
        .team(TEAM)
        .dashboard(PROVIDERS)
}

pub(super) fn unpriced_model() -> Alert {
    let unpriced =
        r#"llm_provider_unpriced_requests_total{job="api", instance="a", provider="openai", model="brand-new"}"#;
    Alert::new(
        "UnpricedModel",
        "sum by (provider, model) (increase(llm_provider_unpriced_requests_total[$window])) > $threshold",
    )
    .threshold(0.0)
    .window("1h")
    .hold("5m")
    .team(TEAM)
    .summary("The cost of a model's calls is missing")
    .description("{{ $value | printf \"%.0f\" }} calls of {{ $labels.model }} at {{ $labels.provider }} within an hour have no price.")
    .dashboard(PROVIDERS)
    .test(
        AlertTest::new("calls of a model that no table has", "70m")
            .series(unpriced, "0+2x80")
            .fires(&[("provider", "openai"), ("model", "brand-new")], "120"),
    )
    .test(AlertTest::new("the price came two hours ago", "200m").series(unpriced, "0+2x60 120x200"))
}
