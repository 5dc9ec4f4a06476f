//! The dashboard of providers, and the panels on one that is shared.

use telemetry_mixin::model::{Dashboard, Panel, Query, Unit};

use super::PROVIDERS;

const REQUESTS: &str = "sum by (provider, model) (rate(llm_provider_request_seconds_count[$__rate_interval]))";

pub(super) fn llm_provider() -> Dashboard {
    let dashboard = Dashboard::new(
        PROVIDERS,
        "LLM Provider",
        "How long providers take to answer, how they fail, what they are asked for and what that costs",
    );
    factories(persistence(limits(spend(tokens(latency(overview(dashboard)))))))
}

/// The panel of this domain on the dashboard that it shares with others.
pub(super) fn external_services() -> Dashboard {
    Dashboard::infrastructure().row("External Services").panel(
        Panel::time_series("Claude API Tokens", "Tokens to and from Claude models, averaged over an hour")
            .unit(Unit::per_second("tokens"))
            .query(Query::new("sum by (direction) (rate(agentpane_claude_tokens_total[1h]))").legend("{{direction}}")),
    )
}

fn overview(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Calls")
        .panel(
            Panel::stat("Success Rate", "Share of calls that the provider answered, of those that were not dropped by their caller")
                .unit(Unit::Ratio)
                .max(1.0)
                .query(Query::ratio(
                    "sum(rate(llm_provider_request_seconds_count{outcome=\"success\"}[$__rate_interval]))",
                    "sum(rate(llm_provider_request_seconds_count{outcome!=\"cancelled\"}[$__rate_interval]))",
                ))
                .threshold(0.0, "red")
                .threshold(0.9, "yellow")
                .threshold(0.99, "green")
                .alert("HighProviderErrorRate"),
        )
        .panel(
            Panel::stat("Estimated Cost per Hour", "What an hour costs at the present rate, by the list prices of the models that have one")
                .unit(Unit::Usd)
                .query(Query::new("sum(rate(llm_provider_cost_usd_total[$__rate_interval])) * 3600"))
                .threshold(0.0, "green")
                .threshold(50.0, "yellow")
                .threshold(100.0, "red")
                .alert("HighProviderCost"),
        )
        .panel(
            Panel::stat("Spend Today", "What the last 24 hours cost, all providers together")
                .unit(Unit::Usd)
                .query(Query::new("sum(increase(llm_provider_cost_usd_total[24h]))").instant())
                .threshold(0.0, "green")
                .alert("ProviderDailyBudgetExceeded"),
        )
        .panel(
            Panel::stat("Unpriced Requests", "Successful calls in the time range whose cost is missing: their model has no price, or their answer told no usage")
                .query(
                    Query::new("sum by (provider, model) (increase(llm_provider_unpriced_requests_total[$__range]))")
                        .legend("{{provider}} {{model}}")
                        .instant(),
                )
                .threshold(0.0, "green")
                .threshold(1.0, "yellow")
                .alert("UnpricedModel"),
        )
        .panel(
            Panel::stacked_area("Calls by Outcome", "Calls that ended, by how they did; cancelled ones were dropped by their caller")
                .unit(Unit::per_second("calls"))
                .query(
                    Query::new("sum by (outcome) (rate(llm_provider_request_seconds_count[$__rate_interval]))")
                        .legend("{{outcome}}"),
                ),
        )
        .panel(
            Panel::time_series("Calls by Model", "Calls that ended, by provider and model")
                .unit(Unit::per_second("calls"))
                .query(Query::new(REQUESTS).legend("{{provider}} {{model}}")),
        )
}

fn latency(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Latency")
        .panel(
            Panel::time_series("Provider Request Latency (p95) by Model", "95th percentile from the first attempt to the end of the answer, waits and retries included; the last bucket ends at 120 s")
                .unit(Unit::Seconds)
                .quantiles("llm_provider_request_seconds", &["provider", "model"], &[0.95]),
        )
        .panel(
            Panel::bucket_heatmap("Provider Request Latency", "How the latencies of all calls are spread")
                .unit(Unit::Seconds)
                .query(
                    Query::new("sum by (le) (rate(llm_provider_request_seconds_bucket[$__rate_interval]))")
                        .legend("{{le}}"),
                ),
        )
        .panel(
            Panel::time_series("Time to First Token (p95)", "95th percentile of the time until the first piece of a streamed answer")
                .unit(Unit::Seconds)
                .quantiles("llm_provider_time_to_first_token_seconds", &["model"], &[0.95]),
        )
        .panel(
            Panel::time_series("Time per Output Token (p95)", "95th percentile of the mean time for each token after the first of a streamed answer")
                .unit(Unit::Seconds)
                .quantiles("llm_provider_time_per_output_token_seconds", &["model"], &[0.95]),
        )
}

fn tokens(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Tokens")
        .panel(
            Panel::stacked_area("Token Usage Rate", "Tokens to (prompt) and from (completion) models")
                .unit(Unit::per_second("tokens"))
                .query(
                    Query::new("sum by (provider, model, type) (rate(llm_provider_tokens_total[$__rate_interval]))")
                        .legend("{{provider}} {{model}} {{type}}"),
                )
                .alert("ExcessiveTokenUsage"),
        )
        .panel(
            Panel::stacked_area(
                "Token Details",
                "Parts of the tokens that are priced differently: out of the provider's cache, into it, and reasoning",
            )
            .unit(Unit::per_second("tokens"))
            .query(
                Query::new("sum by (model, type) (rate(llm_provider_token_details_total[$__rate_interval]))")
                    .legend("{{model}} {{type}}"),
            ),
        )
        .panel(
            Panel::time_series(
                "Cache Hit Ratio",
                "Share of the prompt tokens that came out of the provider's cache, by model",
            )
            .unit(Unit::Ratio)
            .max(1.0)
            .query(
                Query::ratio(
                    "sum by (model) (rate(llm_provider_token_details_total{type=\"cached_prompt\"}[$__rate_interval]))",
                    "sum by (model) (rate(llm_provider_tokens_total{type=\"prompt\"}[$__rate_interval]))",
                )
                .legend("{{model}}"),
            ),
        )
        .panel(
            Panel::time_series(
                "Reasoning Ratio",
                "Share of the completion tokens that were the model's reasoning, by model",
            )
            .unit(Unit::Ratio)
            .max(1.0)
            .query(
                Query::ratio(
                    "sum by (model) (rate(llm_provider_token_details_total{type=\"reasoning\"}[$__rate_interval]))",
                    "sum by (model) (rate(llm_provider_tokens_total{type=\"completion\"}[$__rate_interval]))",
                )
                .legend("{{model}}"),
            ),
        )
}

fn spend(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Spend")
        .panel(
            Panel::bar("Spend by Model (24h)", "What the last 24 hours cost, by provider and model")
                .unit(Unit::Usd)
                .query(
                    Query::new("sum by (provider, model) (increase(llm_provider_cost_usd_total[24h]))")
                        .legend("{{provider}} {{model}}")
                        .instant(),
                )
                .alert("ProviderDailyBudgetExceeded"),
        )
        .panel(
            Panel::time_series(
                "Cost per Hour by Model",
                "What an hour costs at the present rate, by provider and model",
            )
            .unit(Unit::Usd)
            .query(
                Query::new("sum by (provider, model) (rate(llm_provider_cost_usd_total[$__rate_interval])) * 3600")
                    .legend("{{provider}} {{model}}"),
            )
            .alert("HighProviderCost"),
        )
        .panel(
            Panel::time_series("Cost per Thousand Calls", "What a thousand calls cost, by provider and model")
                .unit(Unit::Usd)
                .query(
                    Query::ratio(
                        "1000 * sum by (provider, model) (rate(llm_provider_cost_usd_total[$__rate_interval]))",
                        REQUESTS,
                    )
                    .legend("{{provider}} {{model}}"),
                ),
        )
}

fn limits(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Errors")
        .panel(
            Panel::stacked_bars("Error Rate by Type", "Failed attempts by their class; one that was retried with success counts too")
                .unit(Unit::per_second("errors"))
                .query(
                    Query::new("sum by (error_type) (rate(llm_provider_errors_total[$__rate_interval]))")
                        .legend("{{error_type}}"),
                )
                .alert("HighProviderErrorRate"),
        )
        .panel(
            Panel::event_timeline("Rate Limit Events", "When providers refused attempts because of a rate limit")
                .unit(Unit::per_second("refusals"))
                .query(
                    Query::new("sum by (provider) (rate(llm_provider_errors_total{error_type=\"rate_limit\"}[$__rate_interval]))")
                        .legend("{{provider}}"),
                )
                .alert("RateLimitedHeavily"),
        )
        .panel(
            Panel::time_series("Error Rate by Model", "Failed attempts by provider and model")
                .unit(Unit::per_second("errors"))
                .query(
                    Query::new("sum by (provider, model) (rate(llm_provider_errors_total[$__rate_interval]))")
                        .legend("{{provider}} {{model}}"),
                )
                .alert("HighProviderErrorRate"),
        )
        .panel(
            Panel::time_series("Rate Limit Waits (p95)", "95th percentile of the time spent waiting until a provider accepts a call again")
                .unit(Unit::Seconds)
                .quantiles("llm_provider_rate_limit_delays_seconds", &["provider"], &[0.95])
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
            )
            .unit(Unit::Seconds)
            .quantiles("llm_usage_persist_seconds", &[], &[0.99])
            .size(8, 8),
        )
        .panel(
            Panel::time_series(
                "Usage Persistence Errors",
                "Batches that were not stored, by the reason; they are tried again unless a record is not valid",
            )
            .unit(Unit::per_second("errors"))
            .query(
                Query::new("sum by (error_type) (rate(llm_usage_persist_errors_total[$__rate_interval]))")
                    .legend("{{error_type}}"),
            )
            .alert("UsagePersistenceFailing")
            .size(8, 8),
        )
        .panel(
            Panel::time_series("Usage Queue Backlog", "Usage records that wait to be stored, all instances together")
                .query(Query::new("sum(llm_usage_persist_queue_size)").legend("records"))
                .alert("UsageQueueBacklog")
                .size(8, 8),
        )
}

fn factories(dashboard: Dashboard) -> Dashboard {
    dashboard
        .row("Factories")
        .panel(
            Panel::time_series(
                "Factory Creation Time (p95)",
                "95th percentile of the time to make a provider's client or a tool; the last bucket ends at 10 ms",
            )
            .unit(Unit::Seconds)
            .quantiles("factory_create_seconds", &["factory_type"], &[0.95]),
        )
        .panel(
            Panel::time_series("Creations by Name", "What factories make, by its name")
                .unit(Unit::per_second("creations"))
                .query(
                    Query::new("sum by (factory_type, name) (rate(factory_create_seconds_count[$__rate_interval]))")
                        .legend("{{factory_type}} {{name}}"),
                ),
        )
}
