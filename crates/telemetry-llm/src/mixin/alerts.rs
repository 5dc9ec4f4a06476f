//! The alerts on calls, and on storing what they used.

use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Severity};
use telemetry_mixin::query::{
    FEWEST_OF_MOST, Selector, WINDOW_OF_MOST, elsewhere, given, increase, max, most_fail, rate, threshold,
};
use telemetry_mixin::runbook;

use super::names::{MODEL, PROVIDERS, TEAM};
use crate::metrics::{ErrorType, ModelMetrics, Outcome, PersistErrorType, TokenType, UsagePersistenceMetrics};

pub(super) fn high_provider_error_rate() -> Alert {
    let errors = |instance, class: ErrorType| {
        given(ModelMetrics::ERRORS, instance).is("provider", "openai").is("model", "gpt-4o").only(class)
    };
    Alert::new(
        runbook!("HighProviderErrorRate"),
        AlertRule {
            when: rate(ModelMetrics::ERRORS).by(MODEL).above(threshold(0.1)),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A provider fails often",
            description: "{{ $labels.provider }} fails {{ $value | printf \"%.2f\" }} times a second with {{ $labels.model }}, the limit being $threshold.",
            dashboard: PROVIDERS,
        },
    )
    .cause("provider errors")
    .keep_firing("5m")
    .test(
        AlertTest::new("errors of two instances add up", "10m")
            .series(errors("a", ErrorType::ServerError), "0+15x20")
            .series(errors("b", ErrorType::Timeout), "0+15x20")
            .fires(&[("provider", "openai"), ("model", "gpt-4o")], "0.50"),
    )
    .test(
        AlertTest::new("an error every twenty seconds is not often", "10m")
            .series(errors("a", ErrorType::ServerError), "0+3x20"),
    )
    .test(
        AlertTest::new("it has to hold for two minutes", "2m").series(errors("a", ErrorType::ServerError), "0+30x20"),
    )
}

/// The sibling for models that are called seldom.
pub(super) fn most_provider_calls_fail() -> Alert {
    let of_model = |series: Selector| series.is("provider", "openai").is("model", "gpt-4o");
    let ended = |outcome: Outcome| of_model(given(ModelMetrics::REQUEST, "a")).count().only(outcome);
    let healthy = of_model(elsewhere(ModelMetrics::REQUEST)).count().only(Outcome::Success);
    let calls = || increase(ModelMetrics::REQUEST).by(MODEL);
    Alert::new(
        runbook!("MostProviderCallsFail"),
        AlertRule {
            when: most_fail(
                calls().matches("outcome", "error|timeout|rate_limited"),
                calls().except(Outcome::Cancelled),
                FEWEST_OF_MOST,
            ),
            hold: "2m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Most calls of a model fail",
            description: "{{ $value | humanizePercentage }} of the calls of {{ $labels.model }} at {{ $labels.provider }} within $window failed.",
            dashboard: PROVIDERS,
        },
    )
    .window(WINDOW_OF_MOST)
    .cause("provider errors")
    .test(
        AlertTest::new("all of five a minute since ten minutes, beside a busy service where all is well", "30m")
            .series(ended(Outcome::Success), "0+5x20 100x20")
            .series(ended(Outcome::Error), "0x20 5+5x20")
            .series(healthy, "0+600x40")
            .fires(&[("job", "api"), ("provider", "openai"), ("model", "gpt-4o")], "100%"),
    )
    .test(
        AlertTest::new("half of them, which is the limit", "30m")
            .series(ended(Outcome::Success), "0+5x40")
            .series(ended(Outcome::Timeout), "0+5x40"),
    )
    .test(AlertTest::new("one call at night, which fails", "12m").series(ended(Outcome::Error), "0x5 1x20"))
    .test(AlertTest::new("nothing is called", "30m").series(ended(Outcome::Error), "50x40"))
}

pub(super) fn rate_limited_heavily() -> Alert {
    let model = |series| given(series, "a").is("provider", "openai").is("model", "gpt-4o");
    let refused = || model(ModelMetrics::ERRORS).only(ErrorType::RateLimit);
    let calls = || model(ModelMetrics::REQUEST).count().only(Outcome::Success);
    let refusals = || rate(ModelMetrics::ERRORS).only(ErrorType::RateLimit).by(["provider"]);
    let attempts = refusals() + rate(ModelMetrics::REQUEST).by(["provider"]);
    Alert::new(
        runbook!("RateLimitedHeavily"),
        AlertRule {
            when: (refusals() / attempts).above(threshold(0.2)).and(refusals().above(0.02)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A provider refuses many calls because of its rate limits",
            description: "{{ $labels.provider }} refuses {{ $value | humanizePercentage }} of the attempts because of its rate limits.",
            dashboard: PROVIDERS,
        },
    )
    .keep_firing("5m")
    .test(
        AlertTest::new("a refusal for every second call", "12m")
            .series(refused(), "0+30x20")
            .series(calls(), "0+60x20")
            .fires(&[("provider", "openai")], "33.33%"),
    )
    .test(
        AlertTest::new("one call in ten is refused first", "12m")
            .series(refused(), "0+6x20")
            .series(calls(), "0+60x20"),
    )
    .test(AlertTest::new("one refusal among few calls", "12m").series(refused(), "0 1x20").series(calls(), "0 2x20"))
    .test(
        AlertTest::new("no call gets through", "12m")
            .series(refused(), "0+30x20")
            .series(calls(), "60x20")
            .fires(&[("provider", "openai")], "100%"),
    )
}

pub(super) fn excessive_token_usage() -> Alert {
    let tokens = |kind: TokenType| {
        given(ModelMetrics::TOKENS, "a").is("provider", "gemini").is("model", "gemini-2.5-pro").only(kind)
    };
    Alert::new(
        runbook!("ExcessiveTokenUsage"),
        AlertRule {
            when: rate(ModelMetrics::TOKENS).by(MODEL).above(threshold(50_000.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "A model is given or gives very many tokens",
            description: "{{ $labels.model }} of {{ $labels.provider }} takes and gives {{ $value | humanize }} tokens a second, the limit being $threshold.",
            dashboard: PROVIDERS,
        },
    )
    .test(
        AlertTest::new("prompt and completion add up", "12m")
            .series(tokens(TokenType::Prompt), "0+2400000x20")
            .series(tokens(TokenType::Completion), "0+1200000x20")
            .fires(&[("provider", "gemini"), ("model", "gemini-2.5-pro")], "60k"),
    )
    .test(
        AlertTest::new("forty thousand tokens a second are within the limit", "12m")
            .series(tokens(TokenType::Prompt), "0+2400000x20"),
    )
}

pub(super) fn usage_persistence_failing() -> Alert {
    let failures = || given(UsagePersistenceMetrics::ERRORS, "a").only(PersistErrorType::DbError);
    Alert::new(
        runbook!("UsagePersistenceFailing"),
        AlertRule {
            when: rate(UsagePersistenceMetrics::ERRORS).by(["error_type"]).above(threshold(0.0)),
            hold: "5m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Usage records cannot be stored",
            description: "Storing usage records fails with {{ $labels.error_type }}, {{ $value | printf \"%.2f\" }} times a second.",
            dashboard: PROVIDERS,
        },
    )
    .test(
        AlertTest::new("a store that is down for ten minutes", "12m")
            .series(failures(), "0+2x20")
            .fires(&[("error_type", "db_error")], "0.03"),
    )
    .test(AlertTest::new("a single failure is over before it fires", "12m").series(failures(), "0 0 1x20"))
}

pub(super) fn usage_queue_backlog() -> Alert {
    let waiting = |instance| given(UsagePersistenceMetrics::QUEUE_SIZE, instance);
    Alert::new(
        runbook!("UsageQueueBacklog"),
        AlertRule {
            when: max(UsagePersistenceMetrics::QUEUE_SIZE).by(["job", "instance"]).above(threshold(1_000.0)),
            hold: "10m",
            severity: Severity::Warning,
            team: TEAM,
            summary: "Usage records wait to be stored",
            description: "{{ $value | humanize }} usage records wait in {{ $labels.instance }} of {{ $labels.job }}, the limit being $threshold.",
            dashboard: PROVIDERS,
        },
    )
    .test(
        AlertTest::new("one instance does not get rid of its records", "15m")
            .series(waiting("a"), "2500x20")
            .series(waiting("b"), "3x20")
            .fires(&[("job", "api"), ("instance", "a")], "2.5k"),
    )
    .test(AlertTest::new("a burst that is stored within minutes", "15m").series(waiting("a"), "0 2500 2500 2500 0x20"))
    .test(
        AlertTest::new("many instances with a few each", "15m")
            .series(waiting("a"), "900x20")
            .series(waiting("b"), "900x20"),
    )
}
