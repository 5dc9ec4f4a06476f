//! A call that several tell of counts once.

use telemetry_llm::{Call, Llm, Usage};
use telemetry_testkit::TestTelemetry;
use tracing::{Instrument as _, Span};

use super::watched::{Watched, agent, chat, tool, turn, used};
use crate::fixture::{MODEL, NAMES};

/// What a guard of ours says that it used, and what the spans of the library do.
const OURS: [u64; 6] = [7, 0, 0, 0, 0, 0];
const THEIRS: [u64; 6] = [1_000, 0, 0, 0, 0, 0];

fn start(llm: &Llm) -> Call {
    llm.start("openai", MODEL)
}

fn ours(llm: &Llm) {
    drop(start(llm).succeed(Usage::new(OURS[0], 0)));
}

fn theirs() {
    used(&chat(), THEIRS);
}

/// A span of theirs that says what was used once what runs within it is done.
fn around(within: impl FnOnce()) {
    let span = chat();
    span.in_scope(within);
    used(&span, THEIRS);
}

#[test]
fn a_call_counts_once_whoever_else_tells_of_it() {
    type Case = (&'static str, fn(&Llm), f64, u64);
    let table: [Case; 18] = [
        ("a guard within a span", |llm| around(|| ours(llm)), 1.0, 7),
        ("a guard within a turn of an agent", |llm| agent().in_scope(|| around(|| ours(llm))), 1.0, 7),
        (
            "a guard below spans of the application",
            |llm| {
                around(|| {
                    tracing::info_span!("attempt").in_scope(|| tracing::debug_span!("send").in_scope(|| ours(llm)))
                });
            },
            1.0,
            7,
        ),
        ("a guard that fails within a span", |llm| around(|| drop(start(llm).timeout())), 1.0, 0),
        (
            "a span within a guard",
            |llm| {
                let call = start(llm);
                call.in_scope(theirs);
                drop(call.succeed(Usage::new(7, 0)));
            },
            1.0,
            7,
        ),
        (
            "an agent within a guard",
            |llm| {
                let call = start(llm);
                call.in_scope(|| agent().in_scope(|| (theirs(), theirs())));
                drop(call.succeed(Usage::new(7, 0)));
            },
            1.0,
            7,
        ),
        (
            "a span without a parent within a guard",
            |llm| {
                let call = start(llm);
                let span = call.in_scope(|| {
                    tracing::info_span!(
                        parent: None,
                        "chat",
                        gen_ai.operation.name = "chat",
                        gen_ai.request.model = MODEL,
                        gen_ai.usage.input_tokens = 1_000,
                    )
                });
                drop(span);
                drop(call.succeed(Usage::new(7, 0)));
            },
            1.0,
            7,
        ),
        (
            "a span that outlives the guard around it",
            |llm| {
                let call = start(llm);
                let span = call.in_scope(chat);
                drop(call.succeed(Usage::new(7, 0)));
                used(&span, THEIRS);
            },
            1.0,
            7,
        ),
        ("a span within a span", |_| around(|| used(&turn("chat", "openai", MODEL), OURS)), 1.0, 7),
        ("two spans within a span", |_| around(|| (0..2).for_each(|_| used(&chat(), OURS))), 2.0, 14),
        ("a span without usage within one that has it", |_| around(|| drop(chat())), 1.0, 1_000),
        (
            "a turn of an agent",
            |_| {
                let agent = agent();
                agent.in_scope(theirs);
                used(&agent, THEIRS);
            },
            1.0,
            1_000,
        ),
        (
            "a span within one that says no operation",
            |_| {
                let gateway = tracing::info_span!(
                    "request",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = 1_000,
                    otel.kind = "server",
                );
                gateway.in_scope(|| used(&chat(), OURS));
            },
            1.0,
            7,
        ),
        ("two turns of an agent", |_| agent().in_scope(|| (0..2).for_each(|_| theirs())), 2.0, 2_000),
        ("a guard in a tool that a turn runs", |llm| around(|| tool().in_scope(|| ours(llm))), 2.0, 1_007),
        ("a span in a tool that a turn runs", |_| around(|| tool().in_scope(theirs)), 2.0, 2_000),
        (
            "a span without usage in a tool that a turn runs",
            |_| around(|| tool().in_scope(|| drop(chat()))),
            2.0,
            1_000,
        ),
        (
            "a guard beside a span",
            |llm| {
                theirs();
                ours(llm);
                theirs();
            },
            3.0,
            2_007,
        ),
    ];
    for (case, tell, requests, tokens) in table {
        for telemetry in [TestTelemetry::builder(), TestTelemetry::builder().unsampled()] {
            let watched = Watched::of(telemetry.clone());
            tell(&watched.llm);
            let metrics = watched.metrics();
            let counted = (metrics.total(NAMES.request, &[]), metrics.total(NAMES.tokens, &[]));
            assert_eq!(counted, (requests, tokens as f64), "{case}: {telemetry:?}");
        }
    }
}

#[tokio::test]
async fn a_call_that_waits_counts_once_and_those_that_run_meanwhile_count_too() {
    for telemetry in [TestTelemetry::builder(), TestTelemetry::builder().unsampled()] {
        let watched = Watched::of(telemetry);
        let call = start(&watched.llm);
        let within = Call::instrument(&call, async {
            tokio::task::yield_now().await;
            let span = chat();
            tokio::task::yield_now().instrument(span.clone()).await;
            used(&span, THEIRS);
        });
        // Polled in turn with the other, on one thread.
        let beside = async {
            for _ in 0..3 {
                theirs();
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(within, beside);
        drop(call.succeed(Usage::new(7, 0)));
        let around = chat();
        async {
            tokio::task::yield_now().await;
            let call = start(&watched.llm);
            Call::instrument(&call, tokio::task::yield_now()).await;
            drop(call.succeed(Usage::new(7, 0)));
        }
        .instrument(around.clone())
        .await;
        used(&around, THEIRS);
        drop(around);
        watched.assert_total(NAMES.request, &[], 5.0);
        watched.assert_total(NAMES.tokens, &[], 3_014.0);
    }
}

#[tokio::test]
async fn a_call_in_a_task_of_its_own_counts_once_where_the_task_has_the_span() {
    let watched = Watched::new();
    let (span, llm) = (chat(), watched.llm.clone());
    tokio::spawn(async move { ours(&llm) }.instrument(span.clone())).await.expect("it does not panic");
    used(&span, THEIRS);
    drop(span);
    watched.assert_total(NAMES.request, &[], 1.0);
    watched.assert_total(NAMES.tokens, &[], 7.0);
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn a_call_through_the_middleware_counts_once() {
    for telemetry in [TestTelemetry::builder(), TestTelemetry::builder().unsampled()] {
        let watched = Watched::of(telemetry);
        let answer = r#"{"object":"chat.completion","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":0}}"#;
        let passing = crate::passing::Passing::new(answer);
        let span = chat();
        passing.ask(&watched.llm, "/v1/chat/completions").instrument(span.clone()).await;
        used(&span, THEIRS);
        drop(span);
        watched.assert_total(NAMES.request, &[], 1.0);
        watched.assert_total(NAMES.tokens, &[], 7.0);
    }
}

#[test]
fn a_call_outside_any_span_is_no_matter_to_those_that_follow() {
    let watched = Watched::new();
    assert!(Span::current().is_none());
    ours(&watched.llm);
    around(|| {});
    watched.assert_total(NAMES.request, &[], 2.0);
    watched.assert_total(NAMES.tokens, &[], 1_007.0);
}
