//! Usage read from answers.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use telemetry_llm::{Answer, AnswerStream, Api, Usage};

use crate::streams::STREAMS;

#[test]
fn shapes_are_told_apart() {
    let table = [
        (json!({"object": "chat.completion"}), Some(Api::OpenAiChat)),
        (json!({"choices": []}), Some(Api::OpenAiChat)),
        (json!({"object": "response"}), Some(Api::OpenAiResponses)),
        (json!({"type": "response.created"}), Some(Api::OpenAiResponses)),
        (json!({"type": "message"}), Some(Api::AnthropicMessages)),
        (json!({"type": "message_stop"}), Some(Api::AnthropicMessages)),
        (json!({"candidates": []}), Some(Api::GeminiGenerateContent)),
        (json!({"promptFeedback": {"blockReason": "SAFETY"}}), Some(Api::GeminiGenerateContent)),
        (json!({"type": "ping"}), None),
        (json!({}), None),
        (json!([]), None),
        (json!("choices"), None),
    ];
    for (body, expected) in table {
        assert_eq!(Api::of(&body), expected, "{body}");
    }
}

#[test]
fn answers_tell_more_than_usage() {
    let body = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x", "stop_reason": "max_tokens",
        "content": [], "usage": {"input_tokens": 10, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 5,
            "output_tokens": 4, "service_tier": "priority"},
    });
    let answer = Answer::from_json(&body);
    let expected = Usage::new(18, 4).cached_prompt(5).cache_creation(3);
    let usage = answer.usage.expect("it has usage");
    assert_eq!(usage.prompt_tokens(), expected.prompt_tokens());
    assert_eq!(usage.cached_prompt_tokens(), expected.cached_prompt_tokens());
    assert_eq!(usage.cache_creation_tokens(), expected.cache_creation_tokens());
    assert_eq!(usage.completion_tokens(), expected.completion_tokens());
    assert_eq!(answer.id.as_deref(), Some("msg_1"));
    assert_eq!(answer.model.as_deref(), Some("claude-x"));
    assert_eq!(answer.service_tier.as_deref(), Some("priority"));
    assert_eq!(answer.finish_reasons, ["max_tokens"]);
}

#[test]
fn usage_that_says_nothing_is_none() {
    let chat = |usage: Value| json!({"object": "chat.completion", "model": "m", "choices": [], "usage": usage});
    let messages = |usage: Value| json!({"type": "message", "model": "m", "usage": usage});
    let gemini = |usage: Value| json!({"candidates": [], "usageMetadata": usage});
    let table = [
        chat(json!(null)),
        chat(json!({})),
        chat(json!([])),
        chat(json!("12")),
        chat(json!({"prompt_tokens": "5"})),
        chat(json!({"prompt_tokens": -5, "completion_tokens": null})),
        chat(json!({"prompt_tokens": 5.5})),
        chat(json!({"prompt_tokens": 1e300, "completion_tokens": u64::MAX})),
        messages(json!({"input_tokens": null, "output_tokens": []})),
        gemini(json!({})),
        gemini(json!({"totalTokenCount": 5})),
    ];
    for body in table {
        assert_eq!(Answer::from_json(&body).usage, None, "{body}");
    }
    for body in ["", "{", "<html>", "\"", "nul"] {
        assert_eq!(Answer::from_body(body.as_bytes()), Answer::default(), "{body}");
    }
}

#[test]
fn no_odd_number_discards_the_sound_ones() {
    let chat = |usage: Value| json!({"object": "chat.completion", "model": "m", "choices": [], "usage": usage});
    let messages = |usage: Value| json!({"type": "message", "model": "m", "usage": usage});
    let gemini = |usage: Value| json!({"candidates": [], "usageMetadata": usage});
    let cached = |cached: u64| json!({"cached_tokens": cached});
    let table = [
        (chat(json!({"prompt_tokens": 5})), (5, 0, 0, 0)),
        (chat(json!({"prompt_tokens": "5", "completion_tokens": 1})), (0, 1, 0, 0)),
        (chat(json!({"prompt_tokens": -5, "completion_tokens": 1})), (0, 1, 0, 0)),
        (chat(json!({"prompt_tokens": 5.5, "completion_tokens": 1})), (0, 1, 0, 0)),
        (chat(json!({"prompt_tokens": 1e300, "completion_tokens": 1})), (0, 1, 0, 0)),
        (chat(json!({"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": cached(6)})), (5, 1, 5, 0)),
        (
            chat(
                json!({"prompt_tokens": 5, "completion_tokens": 1, "completion_tokens_details": {"reasoning_tokens": 2}}),
            ),
            (5, 1, 0, 1),
        ),
        (messages(json!({"output_tokens": 1})), (0, 1, 0, 0)),
        (messages(json!({"input_tokens": 1, "output_tokens": 1, "cache_read_input_tokens": -1})), (1, 1, 0, 0)),
        (gemini(json!({"promptTokenCount": 5, "cachedContentTokenCount": 6})), (5, 0, 5, 0)),
    ];
    for (body, (prompt, completion, cached, reasoning)) in table {
        let usage = Answer::from_json(&body).usage.unwrap_or_else(|| panic!("{body} has usage"));
        assert_eq!((usage.prompt_tokens(), usage.completion_tokens()), (prompt, completion), "{body}");
        assert_eq!((usage.cached_prompt_tokens(), usage.reasoning_tokens()), (cached, reasoning), "{body}");
    }
}

/// A number as a field of usage might hold it, sound or not.
fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0_u64..2_000_000).prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => prop_oneof![Just(json!(null)), Just(json!("7")), Just(json!([])), Just(json!({}))],
    ]
}

/// Objects of the fields that the shapes know, nested as they may be.
fn body() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "prompt_tokens",
        "completion_tokens",
        "input_tokens",
        "output_tokens",
        "cached_tokens",
        "reasoning_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "promptTokenCount",
        "candidatesTokenCount",
        "cachedContentTokenCount",
        "thoughtsTokenCount",
        "prompt_tokens_details",
        "completion_tokens_details",
        "input_tokens_details",
        "output_tokens_details",
        "cache_creation",
    ]);
    let usage = prop::collection::vec((names, number()), 0..8).prop_map(|fields| {
        let mut usage = Map::new();
        for (name, value) in fields {
            let details = name.ends_with("_details") || name == "cache_creation";
            let value = if details { json!({"cached_tokens": value, "reasoning_tokens": value}) } else { value };
            usage.insert(name.to_owned(), value);
        }
        Value::Object(usage)
    });
    let shapes = prop::sample::select(vec![
        (json!({"object": "chat.completion"}), "usage"),
        (json!({"object": "response"}), "usage"),
        (json!({"type": "message"}), "usage"),
        (json!({"type": "message_start"}), "message"),
        (json!({"type": "message_delta"}), "usage"),
        (json!({"type": "response.completed"}), "response"),
        (json!({"candidates": []}), "usageMetadata"),
    ]);
    (shapes, usage).prop_map(|((mut body, place), usage)| {
        body[place] = if matches!(place, "message" | "response") { json!({"usage": usage}) } else { usage };
        body
    })
}

fn assert_sound(usage: Option<&Usage>) -> Result<(), TestCaseError> {
    let Some(usage) = usage else { return Ok(()) };
    prop_assert!(usage.is_plausible(), "{usage:?}");
    prop_assert!(usage.prompt_tokens() <= Usage::MOST_TOKENS && usage.completion_tokens() <= Usage::MOST_TOKENS);
    prop_assert!(usage.cached_prompt_tokens() + usage.cache_creation_tokens() <= usage.prompt_tokens());
    prop_assert!(usage.reasoning_tokens() <= usage.completion_tokens());
    Ok(())
}

proptest! {
    #[test]
    fn no_body_yields_absurd_usage(body in body()) {
        assert_sound(Answer::from_json(&body).usage.as_ref())?;
    }

    #[test]
    fn no_stream_yields_absurd_usage(events in prop::collection::vec(body(), 0..6)) {
        let mut stream = AnswerStream::new();
        for event in &events {
            stream.data(&event.to_string());
        }
        assert_sound(stream.into_answer().usage.as_ref())?;
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Answer::from_body(&bytes);
        AnswerStream::new().data(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_cut_or_shuffled_stream_panics(which in 0..STREAMS.len(), order in prop::collection::vec(any::<prop::sample::Index>(), 0..12), cut in any::<prop::sample::Index>()) {
        let pieces = STREAMS[which].1;
        let mut stream = AnswerStream::new();
        for index in order {
            let piece = pieces[index.index(pieces.len())];
            stream.data(piece);
            stream.data(&piece[..cut.index(piece.len())]);
        }
        assert_sound(stream.into_answer().usage.as_ref())?;
    }
}
