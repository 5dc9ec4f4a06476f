//! What providers, gateways and callers say, which is recorded no longer than it is meant to be.

use http::HeaderMap;
use serde_json::{Value, json};
use telemetry_llm::{Answer, Call, Failure, UsageRecord};

use crate::fixture::Fixture;

/// Far more than a span, a log record, a few series and a usage record need.
const MOST: usize = 48 << 10;

const MEBIBYTE: usize = 1 << 20;

fn record_length(record: &UsageRecord) -> usize {
    serde_json::to_string(record).expect("it can be written").len()
}

#[track_caller]
fn assert_short(fixture: &Fixture, record: &UsageRecord, case: &str) {
    let recorded = fixture.dump().len();
    assert!(recorded < MOST, "{case}: {recorded} bytes were recorded");
    assert!(record_length(record) < 4 << 10, "{case}: a record of {} bytes", record_length(record));
}

#[test]
fn what_an_answer_says_is_cut_where_it_is_read() {
    let long = |unit: &str| Value::from(unit.repeat(MEBIBYTE / unit.len()));
    let reasons = |number: usize| -> Value {
        (0..number).map(|i| json!({"finish_reason": format!("reason-{i}-{}", "x".repeat(50))})).collect()
    };
    let chat = |key: &str, value: Value| {
        let mut body = json!({"object": "chat.completion", "model": "m", "id": "c", "choices": [],
            "usage": {"prompt_tokens": 12, "completion_tokens": 5}});
        body[key] = value;
        body
    };
    let table = [
        ("a model", chat("model", long("m"))),
        ("an id", chat("id", long("id"))),
        ("wide characters", chat("id", long("語"))),
        ("a tier", chat("service_tier", long("tier"))),
        ("reasons", chat("choices", reasons(45_000))),
        ("long reasons", chat("choices", json!([{"finish_reason": long("r")}, {"finish_reason": long("r")}]))),
        (
            "a status",
            json!({"object": "response", "status": long("s"), "usage": {"input_tokens": 12, "output_tokens": 5}}),
        ),
        (
            "a message",
            json!({"type": "message", "model": long("m"), "stop_reason": long("s"), "id": long("i"),
                "usage": {"input_tokens": 12, "output_tokens": 5, "service_tier": long("t")}}),
        ),
        (
            "candidates",
            json!({"modelVersion": long("m"), "responseId": long("i"),
                "candidates": (0..45_000).map(|i| json!({"finishReason": format!("R{i}")})).collect::<Value>(),
                "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 5}}),
        ),
    ];
    type Read = fn(&mut Call, &Value);
    let readers: [(&str, Read); 4] = [
        ("body", |call, body| call.body(body.to_string().as_bytes())),
        ("answer", |call, body| call.answer(Answer::from_json(body))),
        ("event", |call, body| drop(call.event(body))),
        ("chunk", |call, body| drop(call.chunk(&body.to_string()))),
    ];
    for (case, body) in &table {
        for (reader, read) in readers {
            let fixture = Fixture::new();
            let mut call = fixture.llm.start("openai", "gpt-4o");
            read(&mut call, body);
            let ended = call.complete();
            assert_short(&fixture, &ended.record(), &format!("{case} by {reader}"));
            let answer = Answer::from_json(body);
            assert!(answer.finish_reasons.len() <= Answer::MOST_REASONS, "{case}");
            assert!(answer.finish_reasons.iter().all(|reason| reason.len() <= 256), "{case}");
        }
    }
}

#[test]
fn what_a_caller_says_is_cut_where_it_is_recorded() {
    let long = "ü".repeat(MEBIBYTE / 2);
    type Say = fn(&mut Call, &str);
    let ways: [(&str, Say); 2] = [
        ("by name", |call, text| call.response_model(text)),
        ("in an answer", |call, text| call.answer(said_by_hand(text))),
    ];
    for (way, say) in ways {
        let fixture = Fixture::new();
        let mut call = fixture.llm.start(&long, &long);
        call.service_tier(long.as_str());
        say(&mut call, &long);
        let ended = call.succeed(telemetry_llm::Usage::new(12, 5));
        assert_short(&fixture, &ended.record(), way);
        let model = ended.response_model().expect("it was said");
        assert!(model.len() <= 256 && model.ends_with('…'), "{model}");
    }
}

/// An answer that an application has put together itself.
fn said_by_hand(text: &str) -> Answer {
    let mut answer = Answer::default();
    answer.model = Some(text.to_owned());
    answer.id = Some(text.to_owned());
    answer.service_tier = Some(text.to_owned());
    answer.finish_reasons = vec![text.to_owned(); 1_000];
    answer
}

#[test]
fn what_an_error_says_is_cut_where_it_is_recorded() {
    let long = "word ".repeat(MEBIBYTE / 5);
    let body = json!({"error": {"message": long, "type": long, "code": long, "param": long}});
    let failures = [
        Failure::from_response(400, &HeaderMap::new(), body.to_string().as_bytes()),
        Failure::from_response(400, &HeaderMap::new(), long.as_bytes()),
        Failure::from_error(&std::io::Error::other(long.clone())),
        Failure::from_body(&body).expect("it holds one"),
    ];
    for failure in failures {
        let fixture = Fixture::new();
        let mut call = fixture.llm.start("openai", "gpt-4o");
        call.attempt_failed(failure.clone());
        let ended = call.fail(failure.clone());
        assert_short(&fixture, &ended.record(), &format!("{failure}"));
    }
}
