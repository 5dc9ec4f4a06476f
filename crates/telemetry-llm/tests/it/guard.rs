//! How a call ends, and what is recorded then.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use telemetry_core::{Label, Meter};
use telemetry_llm::labels::{ErrorType, FactoryType, Outcome};
use telemetry_llm::{Factories, Failure, Llm, OnEnd, PriceContext, Usage};

use crate::fixture::{Fixture, MODEL, NAMES};

#[test]
fn success_counts_tokens_and_cost() {
    let fixture = Fixture::new();
    let usage = Usage::new(1_000, 500).cached_prompt(300).cache_creation(200).reasoning(100);
    let ended = fixture.llm.call("openai", MODEL).start().succeed(usage);
    assert_eq!(ended.outcome(), Outcome::Success);
    assert_eq!(ended.cost_usd(), Some(0.002));

    fixture.assert_one_request("success", &[]);
    let metrics = fixture.metrics();
    let model = [("provider", "openai"), ("model", MODEL)];
    let with = |kind| [model[0], model[1], ("type", kind)];
    metrics.assert_counter(NAMES.tokens, &with("prompt"), 1_000.0);
    metrics.assert_counter(NAMES.tokens, &with("completion"), 500.0);
    metrics.assert_counter(NAMES.token_details, &with("cached_prompt"), 300.0);
    metrics.assert_counter(NAMES.token_details, &with("cache_creation"), 200.0);
    metrics.assert_counter(NAMES.token_details, &with("reasoning"), 100.0);
    metrics.assert_counter(NAMES.cost, &model, 0.002);
    metrics.assert_absent(NAMES.unpriced, &[]);
    metrics.assert_absent(NAMES.claude_calls, &[]);
}

#[test]
fn each_error_type_has_its_outcome() {
    for &error_type in ErrorType::ALL {
        let fixture = Fixture::new();
        let outcome = match error_type {
            ErrorType::RateLimit => "rate_limited",
            ErrorType::Timeout => "timeout",
            _ => "error",
        };
        let ended = fixture.llm.call("openai", MODEL).start().fail(error_type);
        assert_eq!(ended.outcome().as_str(), outcome);
        fixture.assert_one_request(outcome, &[error_type]);
        fixture.assert_no_series(NAMES.unpriced, &[]);
        let span = fixture.call();
        span.assert_attribute("error_type", error_type.as_str());
        span.assert_attribute("error.type", error_type.as_str());
        assert!(span.is_error(), "{span}");
        assert_eq!(fixture.log("llm call failed").severity, "WARN");
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_is_cancelled() {
    let fixture = Fixture::new();
    let work = async {
        let call = fixture.llm.call("openai", MODEL).start();
        call.instrument(std::future::pending::<()>()).await;
        call.succeed(Usage::new(1, 1));
    };
    let cut = tokio::time::timeout(Duration::from_secs(2), work).await;
    assert!(cut.is_err());
    fixture.assert_one_request("cancelled", &[]);
    assert_eq!(fixture.metrics().histogram(NAMES.request, &[]).sum, 2.0);
    assert!(!fixture.call().is_error());
}

#[test]
fn an_early_return_amid_a_stream_is_cancelled_and_what_was_used_counts() {
    let fixture = Fixture::new();
    let read = |chunks: &[io::Result<&str>]| -> io::Result<()> {
        let mut call = fixture.llm.call("anthropic", MODEL).start();
        for chunk in chunks {
            match chunk {
                Ok(data) => call.chunk(data),
                Err(error) => return Err(error.kind().into()),
            };
        }
        call.complete();
        Ok(())
    };
    let start = r#"{"type":"message_start","message":{"usage":{"input_tokens":40,"output_tokens":1}}}"#;
    let broken = Err(io::ErrorKind::ConnectionReset.into());
    assert!(read(&[Ok(start), broken]).is_err());

    fixture.assert_one_request("cancelled", &[]);
    let metrics = fixture.metrics();
    metrics.assert_counter(NAMES.tokens, &[("type", "prompt")], 40.0);
    metrics.assert_counter(NAMES.claude_calls, &[("status", "cancelled")], 1.0);
    assert!(metrics.counter(NAMES.cost, &[]) > 0.0);
}

#[test]
fn a_panic_is_cancelled_to_the_provider_and_an_error_to_whoever_panicked() {
    let fixture = Fixture::new();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _call = fixture.llm.start("openai", MODEL);
        panic!("the application's own");
    }));
    assert!(panicked.is_err());
    fixture.assert_one_request("cancelled", &[]);
    let span = fixture.call();
    span.assert_attribute("error.type", "panic");
    assert!(span.is_error(), "{span}");
    assert_eq!(span.attribute("error_type"), None, "that is the provider's");
    let log = fixture.log("llm call failed");
    log.assert_severity("ERROR");
    log.assert_attribute("error_type", "panic");
}

#[test]
fn a_callback_that_panics_does_no_harm() {
    let fixture = Fixture::new();
    let on_end = OnEnd::new(|_| panic!("the callback's own"));
    let ended = fixture.llm.call("openai", MODEL).on_end(&on_end).start().succeed(Usage::new(1, 1));
    assert_eq!(ended.outcome(), Outcome::Success);
    // Two panics at once would end the process.
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _call = fixture.llm.call("openai", MODEL).on_end(&on_end).start();
        panic!("the application's own");
    }));
    assert!(panicked.is_err());
    fixture.assert_total(NAMES.request, &[], 2.0);
    let logs = fixture.logs();
    assert_eq!(logs.containing("a callback panicked over a call that has ended").len(), 2, "{logs}");
}

#[tokio::test]
async fn a_call_goes_into_a_task_of_its_own() {
    fn owned<T: Send + 'static>(guard: T) -> T {
        guard
    }
    let fixture = Fixture::new();
    let model = String::from(MODEL);
    let call = owned(fixture.llm.start("openai", &model));
    let wait = owned(call.rate_limit_wait());
    drop(model);
    let task = tokio::spawn(async move {
        drop(wait);
        call.succeed(Usage::new(1, 1))
    });
    let ended = owned(task.await.expect("it does not panic"));
    assert_eq!((ended.provider(), ended.model()), ("openai", MODEL));
    fixture.assert_one_request("success", &[]);
    drop(owned(Factories::new(&Meter::noop()).start(FactoryType::Tool, "git-diff")));
}

#[test]
fn a_call_outlives_its_entry_and_knows_its_model() {
    let fixture = Fixture::new();
    let llm = Llm::new(fixture.meter());
    let call = llm.start("OpenAI", "gpt-4o-2024-08-06");
    drop(llm);
    assert_eq!(format!("{call:?}"), r#"Call { provider: "openai", model: "gpt-4o", attempt: 1, .. }"#);
    let record = call.succeed(Usage::new(1, 1)).record();
    assert_eq!((&*record.provider, &*record.model), ("openai", "gpt-4o"));
}

#[test]
fn usage_that_is_missing_or_impossible_is_unpriced_and_not_zero() {
    let impossible = [
        Usage::new(Usage::MOST_TOKENS + 1, 0),
        Usage::new(0, u64::MAX),
        Usage::new(u64::MAX, u64::MAX).cached_prompt(1).reasoning(1),
    ];
    for usage in impossible.into_iter().map(Some).chain([None]) {
        let fixture = Fixture::new();
        let ended = fixture.llm.call("openai", MODEL).start().succeed(usage);
        assert_eq!((ended.usage(), ended.cost_usd()), (None, None));
        fixture.assert_one_request("success", &[]);
        let metrics = fixture.metrics();
        metrics.assert_counter(NAMES.unpriced, &[("provider", "openai"), ("model", MODEL)], 1.0);
        metrics.assert_absent(NAMES.tokens, &[]);
        metrics.assert_absent(NAMES.cost, &[]);
    }
}

#[test]
fn of_usage_that_contradicts_itself_counts_what_can_be() {
    let table = [
        (Usage::new(10, 10).cached_prompt(11), [10, 10, 10, 0, 0]),
        (Usage::new(10, 10).cached_prompt(6).cache_creation(5), [10, 10, 6, 4, 0]),
        (Usage::new(10, 10).reasoning(11), [10, 10, 0, 0, 10]),
        (Usage::new(Usage::MOST_TOKENS + 1, 1), [0, 1, 0, 0, 0]),
        (Usage::new(1, u64::MAX).reasoning(5), [1, 0, 0, 0, 0]),
        (Usage::new(10, 10).cached_prompt(u64::MAX).cache_creation(u64::MAX), [10, 10, 10, 0, 0]),
    ];
    for (usage, [prompt, completion, cached, created, reasoning]) in table {
        let fixture = Fixture::new();
        let ended = fixture.llm.call("openai", MODEL).start().succeed(usage);
        let expected =
            Usage::new(prompt, completion).cached_prompt(cached).cache_creation(created).reasoning(reasoning);
        let counted = ended.usage().expect("something can be");
        assert!(counted.is_plausible());
        assert_eq!((counted.prompt_tokens(), counted.completion_tokens()), (prompt, completion));
        assert_eq!((counted.cached_prompt_tokens(), counted.cache_creation_tokens()), (cached, created));
        assert_eq!(counted.reasoning_tokens(), reasoning);
        let cost = ended.cost_usd().expect("it has a price");
        let priced = fixture.llm.prices().cost("openai", MODEL, &expected, &PriceContext::default());
        assert_eq!(Ok(cost), priced);
        assert_eq!(fixture.total(NAMES.tokens, &[]), (prompt + completion) as f64);
    }
}

#[test]
fn claude_has_its_own_family() {
    let fixture = Fixture::new();
    fixture.llm.call("Anthropic", MODEL).start().succeed(Usage::new(7, 5));
    fixture.llm.call("anthropic", MODEL).start().fail(ErrorType::RateLimit);
    drop(fixture.llm.call("anthropic", MODEL).start());
    let metrics = fixture.metrics();
    for status in ["success", "rate_limited", "cancelled"] {
        metrics.assert_counter(NAMES.claude_calls, &[("model", MODEL), ("status", status)], 1.0);
    }
    metrics.assert_counter(NAMES.claude_tokens, &[("model", MODEL), ("direction", "input")], 7.0);
    metrics.assert_counter(NAMES.claude_tokens, &[("model", MODEL), ("direction", "output")], 5.0);
    metrics.assert_histogram_count(NAMES.claude_duration, &[("model", MODEL)], 3);
    assert_eq!(metrics.total(NAMES.request, &[("provider", "anthropic")]), 3.0);
}

#[test]
fn without_a_meter_nothing_happens() {
    let llm = Llm::new(&Meter::noop());
    llm.call("openai", "gpt-4o").start().succeed(Usage::new(1, 1));
    Llm::global().call("openai", "gpt-4o").start().fail(Failure::timeout());
}
