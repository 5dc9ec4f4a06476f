//! The metrics of the semantic conventions, on request.

use std::collections::BTreeSet;
use std::time::Duration;

use telemetry_core::{MeterSettings, Semconv};
use telemetry_llm::labels::ErrorType;
use telemetry_llm::{Llm, LlmSettings, Usage};
use telemetry_testkit::{MetricSet, TestTelemetry};
use tokio::time::advance;

use crate::fixture::NAMES;

const DURATION: &str = "gen_ai.client.operation.duration";
const USAGE: &str = "gen_ai.client.token.usage";
const FIRST: &str = "gen_ai.client.operation.time_to_first_chunk";
const NEXT: &str = "gen_ai.client.operation.time_per_output_chunk";

async fn use_all(llm: &Llm) {
    let mut call = llm.call("gemini", "gemini-2.5-pro").operation("generate_content").start();
    call.response_model("gemini-2.5-pro-001");
    for pause in [300, 50, 70] {
        advance(Duration::from_millis(pause)).await;
        call.token();
    }
    call.succeed(Usage::new(100, 20));
    llm.call("openai", "gpt-4o-2024-08-06").start().fail(ErrorType::RateLimit);
    drop(llm.call("openai", "gpt-4o-2024-08-06").start());
}

fn conventions(metrics: &MetricSet) -> Vec<&str> {
    metrics.names().into_iter().filter(|name| name.contains('.')).collect()
}

#[tokio::test(start_paused = true)]
async fn they_are_recorded_when_the_meter_or_the_settings_ask() {
    let cases: [(&[Semconv], Option<bool>, bool); 5] = [
        (&[], None, false),
        (&[Semconv::Mcp, Semconv::Http], None, false),
        (&[Semconv::GenAi], None, true),
        (&[], Some(true), true),
        (&[Semconv::GenAi], Some(false), false),
    ];
    for (set, semconv, expected) in cases {
        let semconvs: BTreeSet<_> = set.iter().copied().collect();
        let settings = MeterSettings { semconv: semconvs, ..MeterSettings::default() };
        let telemetry = TestTelemetry::builder().meter_settings(settings).with_tokio_time().entered();
        let settings = LlmSettings { semconv, ..LlmSettings::default() };
        use_all(&Llm::with_settings(telemetry.meter(), settings).expect("the settings are sound")).await;
        let metrics = telemetry.metrics();
        let expected = if expected { vec![DURATION, NEXT, FIRST, USAGE] } else { vec![] };
        assert_eq!(conventions(&metrics), expected, "{set:?} {semconv:?}");
        assert_eq!(metrics.total(NAMES.request, &[]), 3.0, "our own are there either way");
    }
}

#[tokio::test(start_paused = true)]
async fn they_have_the_conventions_attributes() {
    let telemetry = TestTelemetry::builder().with_tokio_time().entered();
    let settings = LlmSettings { semconv: Some(true), ..LlmSettings::default() };
    use_all(&Llm::with_settings(telemetry.meter(), settings).expect("the settings are sound")).await;
    let metrics = telemetry.metrics();
    let request = [
        ("gen_ai.operation.name", "generate_content"),
        ("gen_ai.provider.name", "gcp.gemini"),
        ("gen_ai.request.model", "gemini-2.5-pro"),
    ];
    let answered = [request[0], request[1], request[2], ("gen_ai.response.model", "gemini-2.5-pro-001")];
    let duration = metrics.one(DURATION, &answered);
    assert_eq!(duration.label("error.type"), None, "{metrics}");
    let bounds = &metrics.histogram(DURATION, &answered).bounds;
    assert_eq!((bounds.len(), bounds[0], bounds[13]), (14, 0.01, 81.92));

    for (kind, tokens) in [("input", 100.0), ("output", 20.0)] {
        let labels: Vec<_> = answered.iter().copied().chain([("gen_ai.token.type", kind)]).collect();
        assert_eq!(metrics.histogram(USAGE, &labels).sum, tokens, "{metrics}");
    }
    let bounds = &metrics.histogram(USAGE, &[("gen_ai.token.type", "input")]).bounds;
    assert!(bounds.windows(2).all(|pair| pair[1] == pair[0] * 4.0), "{bounds:?}");

    assert_eq!(metrics.histogram(FIRST, &request).sum, 0.3);
    let next = metrics.histogram(NEXT, &request);
    assert_eq!(next.count, 2);
    assert!((next.sum - 0.12).abs() < 1e-9, "{}", next.sum);
    for error in ["rate_limit", "cancelled"] {
        let failed = metrics.one(DURATION, &[("gen_ai.provider.name", "openai"), ("error.type", error)]);
        assert_eq!(failed.label("gen_ai.request.model"), Some("gpt-4o-2024-08-06"));
        assert_eq!(failed.label("gen_ai.response.model"), None);
    }
}
