//! The dashboard of providers, and this domain's part of Infrastructure.

use telemetry_mixin::model::{Dashboard, Panel, Unit, Variable};
use telemetry_mixin::query::{buckets, increase, quantiles, rate, series, share, sum};

use super::names::{MODEL, PROVIDERS};
use crate::metrics::{
    ClaudeMetrics, ErrorType, FactoryMetrics, ModelMetrics, Outcome, ProviderMetrics, TokenDetail, TokenType,
    UsagePersistenceMetrics,
};

pub(super) fn llm_provider() -> Dashboard {
    let dashboard = Dashboard::new(
        PROVIDERS,
        "LLM Provider",
        "How long providers take to answer, how they fail, what they are asked for and what that costs",
    )
    .variable(Variable::new("provider", "Provider", series(ModelMetrics::REQUEST).count()))
    .variable(Variable::new("model", "Model", series(ModelMetrics::REQUEST).count()));
    factories(persistence(limits(spend(tokens(latency(overview(dashboard)))))))
}

/// The panel of this domain on the dashboard that it shares with others.
pub(super) fn external_services() -> Dashboard {
    Dashboard::infrastructure().row("External Services").panel(Panel::time_series(
        "Claude API Tokens",
        "Tokens to and from Claude models",
        Unit::per_second("tokens"),
        rate(ClaudeMetrics::TOKENS).by(["direction"]),
    ))
}

fn overview(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Calls")
        .at_a_glance(
            Panel::stat(
                "Error Share",
                "Share of calls that no attempt answered, of those that were not dropped by their caller",
                Unit::Ratio,
                share(
                    rate(ModelMetrics::REQUEST).matches("outcome", "error|timeout"),
                    rate(ModelMetrics::REQUEST).except(Outcome::Cancelled),
                ),
            )
            .threshold(0.0, "green")
            .threshold(0.01, "yellow")
            .threshold(0.05, "red")
            .alert("HighProviderErrorRate")
            .size(6, 4),
        )
        .panel(
            Panel::stat(
                "Success Rate",
                "Share of calls that the provider answered, of those that were not dropped by their caller",
                Unit::Ratio,
                share(
                    rate(ModelMetrics::REQUEST).only(Outcome::Success),
                    rate(ModelMetrics::REQUEST).except(Outcome::Cancelled),
                ),
            )
            .max(1.0)
            .threshold(0.0, "red")
            .threshold(0.9, "yellow")
            .threshold(0.99, "green")
            .alert("HighProviderErrorRate")
            .alert("MostProviderCallsFail"),
        )
        .panel(
            Panel::stat(
                "Estimated Cost per Hour",
                "What an hour costs at the present rate, by the list prices of the models that have one",
                Unit::Usd,
                rate(ModelMetrics::COST) * 3600.0,
            )
            .threshold(0.0, "green")
            .threshold(50.0, "yellow")
            .threshold(100.0, "red")
            .alert("HighProviderCost"),
        )
        .panel(
            Panel::stat(
                "Spend Today",
                "What the last 24 hours cost, all providers together",
                Unit::Usd,
                increase(ModelMetrics::COST).over("24h").instant(),
            )
            .threshold(0.0, "green")
            .alert("ProviderDailyBudgetExceeded"),
        )
        .panel(
            Panel::stat(
                "Unpriced Requests",
                "Successful calls in the time range whose cost is missing: their model has no price, or their answer told no usage",
                Unit::Short,
                increase(ModelMetrics::UNPRICED).by(MODEL).over("$__range").instant(),
            )
            .threshold(0.0, "green")
            .threshold(1.0, "yellow")
            .alert("UnpricedModel"),
        )
        .panel(Panel::stacked_area(
            "Calls by Outcome",
            "Calls that ended, by how they did; cancelled ones were dropped by their caller",
            Unit::per_second("calls"),
            rate(ModelMetrics::REQUEST).by(["outcome"]),
        ))
        .panel(Panel::time_series(
            "Calls by Model",
            "Calls that ended, by provider and model",
            Unit::per_second("calls"),
            rate(ModelMetrics::REQUEST).by(MODEL),
        ))
}

fn latency(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Latency")
        .panel(Panel::time_series(
            "Provider Request Latency (p95) by Model",
            "95th percentile from the first attempt to the end of the answer, waits and retries included; the last bucket ends at 120 s",
            Unit::Seconds,
            quantiles([0.95], ModelMetrics::REQUEST).by(MODEL),
        ))
        .panel(Panel::bucket_heatmap(
            "Provider Request Latency",
            "How the latencies of all calls are spread",
            Unit::Seconds,
            buckets(ModelMetrics::REQUEST),
        ))
        .panel(Panel::time_series(
            "Time to First Token (p95)",
            "95th percentile of the time until the first piece of a streamed answer",
            Unit::Seconds,
            quantiles([0.95], ModelMetrics::TIME_TO_FIRST_TOKEN).by(["model"]),
        ))
        .panel(Panel::time_series(
            "Time per Output Token (p95)",
            "95th percentile of the mean time for each token after the first of a streamed answer",
            Unit::Seconds,
            quantiles([0.95], ModelMetrics::TIME_PER_OUTPUT_TOKEN).by(["model"]),
        ))
}

fn tokens(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Tokens")
        .panel(
            Panel::stacked_area(
                "Token Usage Rate",
                "Tokens to (prompt) and from (completion) models",
                Unit::per_second("tokens"),
                rate(ModelMetrics::TOKENS).by(["provider", "model", "type"]),
            )
            .alert("ExcessiveTokenUsage"),
        )
        .panel(Panel::stacked_area(
            "Token Details",
            "Parts of the tokens that are priced differently: out of the provider's cache, into it, and reasoning",
            Unit::per_second("tokens"),
            rate(ModelMetrics::TOKEN_DETAILS).by(["model", "type"]),
        ))
        .panel(
            Panel::time_series(
                "Cache Hit Ratio",
                "Share of the prompt tokens that came out of the provider's cache, by model",
                Unit::Ratio,
                share(
                    rate(ModelMetrics::TOKEN_DETAILS).only(TokenDetail::CachedPrompt).by(["model"]),
                    rate(ModelMetrics::TOKENS).only(TokenType::Prompt).by(["model"]),
                ),
            )
            .max(1.0),
        )
        .panel(
            Panel::time_series(
                "Reasoning Ratio",
                "Share of the completion tokens that were the model's reasoning, by model",
                Unit::Ratio,
                share(
                    rate(ModelMetrics::TOKEN_DETAILS).only(TokenDetail::Reasoning).by(["model"]),
                    rate(ModelMetrics::TOKENS).only(TokenType::Completion).by(["model"]),
                ),
            )
            .max(1.0),
        )
}

fn spend(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Spend")
        .panel(
            Panel::bar(
                "Spend by Model (24h)",
                "What the last 24 hours cost, by provider and model",
                Unit::Usd,
                increase(ModelMetrics::COST).by(MODEL).over("24h").instant(),
            )
            .alert("ProviderDailyBudgetExceeded"),
        )
        .panel(
            Panel::time_series(
                "Cost per Hour by Model",
                "What an hour costs at the present rate, by provider and model",
                Unit::Usd,
                rate(ModelMetrics::COST).by(MODEL) * 3600.0,
            )
            .alert("HighProviderCost"),
        )
        .panel(Panel::time_series(
            "Cost per Thousand Calls",
            "What a thousand calls cost, by provider and model",
            Unit::Usd,
            share(1000.0 * rate(ModelMetrics::COST).by(MODEL), rate(ModelMetrics::REQUEST).by(MODEL)),
        ))
}

fn limits(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Errors")
        .panel(
            Panel::stacked_bars(
                "Error Rate by Type",
                "Failed attempts by their class; one that was retried with success counts too",
                Unit::per_second("errors"),
                rate(ModelMetrics::ERRORS).by(["error_type"]),
            )
            .alert("HighProviderErrorRate"),
        )
        .panel(
            Panel::event_timeline(
                "Rate Limit Events",
                "When providers refused attempts because of a rate limit",
                Unit::per_second("refusals"),
                rate(ModelMetrics::ERRORS).only(ErrorType::RateLimit).by(["provider"]),
            )
            .alert("RateLimitedHeavily"),
        )
        .panel(
            Panel::time_series(
                "Error Rate by Model",
                "Failed attempts by provider and model",
                Unit::per_second("errors"),
                rate(ModelMetrics::ERRORS).by(MODEL),
            )
            .alert("HighProviderErrorRate"),
        )
        .panel(
            Panel::time_series(
                "Rate Limit Waits (p95)",
                "95th percentile of the time spent waiting until a provider accepts a call again",
                Unit::Seconds,
                quantiles([0.95], ProviderMetrics::RATE_LIMIT_DELAYS).by(["provider"]),
            )
            .alert("RateLimitedHeavily"),
        )
}

fn persistence(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Usage Persistence")
        .panel(
            Panel::time_series(
                "Usage Persistence Latency (p99)",
                "99th percentile of the time to store a batch of usage records; the last bucket ends at 1 s",
                Unit::Seconds,
                quantiles([0.99], UsagePersistenceMetrics::PERSIST),
            )
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "Usage Persistence Errors",
                "Batches that were not stored, by the reason; they are tried again unless a record is not valid",
                Unit::per_second("errors"),
                rate(UsagePersistenceMetrics::ERRORS).by(["error_type"]),
            )
            .alert("UsagePersistenceFailing")
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "Usage Queue Backlog",
                "Usage records that wait to be stored, all instances together",
                Unit::Short,
                sum(UsagePersistenceMetrics::QUEUE_SIZE).legend("records"),
            )
            .alert("UsageQueueBacklog")
            .size(8, 8),
        )
}

fn factories(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Factories")
        .panel(Panel::time_series(
            "Factory Creation Time (p95)",
            "95th percentile of the time to make a provider's client or a tool; the last bucket ends at 10 ms",
            Unit::Seconds,
            quantiles([0.95], FactoryMetrics::CREATE).by(["factory_type"]),
        ))
        .panel(Panel::time_series(
            "Creations by Name",
            "What factories make, by its name",
            Unit::per_second("creations"),
            rate(FactoryMetrics::CREATE).by(["factory_type", "name"]),
        ))
}
