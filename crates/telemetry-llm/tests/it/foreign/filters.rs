//! The layer beside others, and behind filters.

use telemetry_core::Telemetry;
use telemetry_llm::{GenAiLayer, Llm};
use telemetry_testkit::{OtlpSink, TestTelemetry};
use tracing::{Level, Subscriber, info_span};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use super::watched::{chat, turn, used};
use crate::fixture::{MODEL, NAMES};

#[test]
fn the_layers_of_telemetry_beside_it_see_what_they_saw_before() {
    for comes_first in [true, false] {
        let test = TestTelemetry::new();
        let llm = Llm::new(test.meter());
        let sink = OtlpSink::start();
        let telemetry = Telemetry::builder("gateway").endpoint(sink.endpoint()).own_subscriber().build();
        let telemetry = telemetry.expect("the settings are sound");
        let say = || {
            tracing::info_span!("checkout").in_scope(|| {
                let span = turn("chat", "openai", "gpt-4o");
                used(&span, [1_000, 200, 0, 0, 0, 0]);
                span.in_scope(|| tracing::warn!("card declined"));
            });
        };
        let layer = GenAiLayer::new(&llm);
        if comes_first {
            let subscriber = Registry::default().with(layer.layer()).with(telemetry.layer());
            tracing::subscriber::with_default(subscriber, say);
        } else {
            let subscriber = Registry::default().with(telemetry.layer()).with(layer.layer());
            tracing::subscriber::with_default(subscriber, say);
        }
        drop(telemetry.shutdown());
        let spans = sink.spans();
        let chat = spans.one("chat");
        chat.assert_attribute("gen_ai.usage.input_tokens", "1000");
        assert_eq!(spans.parent_of(chat).map(|span| &*span.name), Some("checkout"));
        spans.assert_absent("llm.complete");
        sink.logs().one("card declined").assert_in(chat);
        test.metrics().assert_counter(NAMES.tokens, &[("model", "gpt-4o"), ("type", "prompt")], 1_000.0);
        test.assert_total(NAMES.request, &[], 1.0);
    }
}

fn console<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> + Send + Sync {
    tracing_subscriber::fmt::layer().with_writer(std::io::sink)
}

fn quiet<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> + Send + Sync {
    console().with_filter(LevelFilter::ERROR)
}

/// What is counted of a span at this level by a subscriber.
fn counted<S: Subscriber + Send + Sync + 'static>(subscriber: impl FnOnce(GenAiLayer) -> S, level: Level) -> f64 {
    let test = TestTelemetry::new();
    let llm = Llm::new(test.meter());
    tracing::subscriber::with_default(subscriber(GenAiLayer::new(&llm)), || {
        let span = match level {
            Level::DEBUG => tracing::debug_span!(
                "chat",
                gen_ai.operation.name = "chat",
                gen_ai.request.model = MODEL,
                gen_ai.usage.input_tokens = 10
            ),
            _ => chat(),
        };
        span.in_scope(|| drop(info_span!("checkout", order = 7)));
        span.record("gen_ai.usage.input_tokens", 30);
    });
    assert_eq!(test.total(NAMES.tokens, &[]), test.total(NAMES.request, &[]) * 30.0);
    test.total(NAMES.request, &[])
}

#[test]
fn a_filter_of_another_layer_hides_no_call_and_one_over_all_layers_hides_what_it_hides() {
    let only = |directives: &str| EnvFilter::new(directives);
    for level in [Level::INFO, Level::DEBUG] {
        assert_eq!(counted(|layer| Registry::default().with(layer.layer()), level), 1.0);
        assert_eq!(counted(|layer| Registry::default().with(quiet()).with(layer.layer()), level), 1.0);
        assert_eq!(counted(|layer| Registry::default().with(layer.layer()).with(quiet()), level), 1.0);
        assert_eq!(counted(|layer| Registry::default().with(console()).with(layer.layer()), level), 1.0);
        let boxed = |layer: GenAiLayer| Registry::default().with(vec![quiet().boxed(), layer.layer().boxed()]);
        assert_eq!(counted(boxed, level), 1.0);
        let is_seen = if level == Level::INFO { 1.0 } else { 0.0 };
        assert_eq!(counted(|layer| Registry::default().with(layer.layer()).with(only("info")), level), is_seen);
        assert_eq!(counted(|layer| Registry::default().with(only("info")).with(layer.layer()), level), is_seen);
        assert_eq!(counted(|layer| Registry::default().with(layer.layer().with_filter(only("info"))), level), is_seen);
        assert_eq!(counted(|layer| Registry::default().with(layer.layer()).with(only("warn")), level), 0.0);
        assert_eq!(counted(|layer| Registry::default().with(layer.layer()).with(only("rig=info")), level), is_seen);
    }
}
