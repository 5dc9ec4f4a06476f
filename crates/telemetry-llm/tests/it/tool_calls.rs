//! The tools that a model asks for: their names are read from answers of every shape, whole and in pieces, and stand on
//! the span where back ends look for them, without what the tools are given.

use serde_json::{Value, json};
use telemetry_llm::{Answer, AnswerStream, Content, Usage};

use crate::fixture::{Fixture, MODEL};

const ARGUMENT: &str = "canary-argument-2c9d";
const OUTPUT: &str = "gen_ai.output.messages";

/// An answer of a provider in two shapes, which asks for `search`, then for `fetch`.
struct Case {
    provider: &'static str,
    whole: Value,
    pieces: Vec<Value>,
}

fn cases() -> Vec<Case> {
    let function = |name: &str| json!({"name": name, "arguments": json!({"q": ARGUMENT}).to_string()});
    let chat = |delta: Value| json!({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]});
    let item = |id: &str, name: &str| json!({"type": "function_call", "id": id, "name": name, "arguments": ARGUMENT});
    let added =
        |index: u64, item: Value| json!({"type": "response.output_item.added", "output_index": index, "item": item});
    let done =
        |index: u64, item: Value| json!({"type": "response.output_item.done", "output_index": index, "item": item});
    let output = json!([{"type": "message", "name": "no tool"}, item("fc_1", "search"), item("fc_2", "fetch")]);
    let used = |id: &str, name: &str| json!({"type": "tool_use", "id": id, "name": name, "input": {"q": ARGUMENT}});
    let block =
        |index: u64, block: Value| json!({"type": "content_block_start", "index": index, "content_block": block});
    let google = |name: &str| json!({"functionCall": {"name": name, "args": {"q": ARGUMENT}}});
    let candidates = |parts: Value| json!({"candidates": [{"content": {"role": "model", "parts": parts}}]});
    let bedrock = |name: &str| json!({"toolUse": {"toolUseId": name, "name": name, "input": {"q": ARGUMENT}}});
    let start = |index: u64, name: &str| json!({"contentBlockStart": {"contentBlockIndex": index, "start": {"toolUse": {"toolUseId": name, "name": name}}}});
    let ollama = |name: &str| json!({"function": {"name": name, "arguments": {"q": ARGUMENT}}});
    let cohere = |name: &str| json!({"id": name, "type": "function", "function": function(name)});
    vec![
        Case {
            provider: "openai",
            whole: json!({"object": "chat.completion", "choices": [{"finish_reason": "tool_calls", "message": {
            "role": "assistant", "content": ARGUMENT, "tool_calls": [
                {"id": "call_1", "type": "function", "function": function("search")},
                {"id": "call_2", "type": "custom", "custom": {"name": "fetch", "input": ARGUMENT}},
            ]}}]}),
            pieces: vec![
                chat(json!({"role": "assistant", "content": null})),
                chat(
                    json!({"tool_calls": [{"index": 0, "id": "call_1", "function": {"name": "search", "arguments": ""}}]}),
                ),
                chat(json!({"tool_calls": [{"index": 0, "function": {"arguments": ARGUMENT}}]})),
                // Some servers repeat the name in each piece.
                chat(json!({"tool_calls": [{"index": 0, "function": {"name": "search", "arguments": ARGUMENT}}]})),
                chat(json!({"tool_calls": [{"index": 1, "id": "call_2", "function": {"name": "fetch"}}]})),
                chat(json!({"tool_calls": [{"index": 1, "id": "call_2", "function": {"name": "fetch"}}]})),
            ],
        },
        Case {
            // A server that numbers all calls 0.
            provider: "gemini",
            whole: json!({"choices": [{"message": {"tool_calls": [{"index": 0, "function": function("search")},
                {"index": 0, "function": function("fetch")}]}}]}),
            pieces: vec![
                chat(json!({"tool_calls": [{"index": 0, "id": "a", "function": function("search")}]})),
                chat(json!({"tool_calls": [{"index": 0, "id": "b", "function": function("fetch")}]})),
            ],
        },
        Case {
            provider: "openai",
            whole: json!({"object": "response", "status": "completed", "output": output}),
            pieces: vec![
                added(1, item("fc_1", "search")),
                done(1, item("fc_1", "search")),
                added(2, item("fc_2", "fetch")),
                done(2, item("fc_2", "fetch")),
                json!({"type": "response.completed", "response": {"object": "response", "output": output}}),
            ],
        },
        Case {
            provider: "anthropic",
            whole: json!({"type": "message", "content": [{"type": "text", "text": ARGUMENT}, used("toolu_1", "search"),
                {"type": "server_tool_use", "id": "srvtoolu_2", "name": "fetch", "input": {}},
                {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_2", "name": "no tool"}]}),
            pieces: vec![
                json!({"type": "message_start", "message": {"type": "message", "content": []}}),
                block(0, json!({"type": "text", "text": ""})),
                block(1, used("toolu_1", "search")),
                json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta",
                    "partial_json": ARGUMENT}}),
                block(2, used("toolu_2", "fetch")),
            ],
        },
        Case {
            provider: "gemini",
            whole: candidates(json!([{"text": ARGUMENT}, google("search"), google("fetch")])),
            pieces: vec![candidates(json!([google("search")])), candidates(json!([google("fetch")]))],
        },
        Case {
            provider: "gemini",
            whole: json!({"object": "interaction", "outputs": [item("1", "search"), item("2", "fetch")]}),
            pieces: vec![
                json!({"event_type": "step.delta", "index": 0, "delta": item("1", "search")}),
                json!({"event_type": "step.delta", "index": 1, "delta": item("2", "fetch")}),
                json!({"event_type": "interaction.completed", "interaction": {"outputs": [item("1", "search")]}}),
            ],
        },
        Case {
            provider: "bedrock",
            whole: json!({"stopReason": "tool_use", "output": {"message": {"content": [{"text": ARGUMENT},
                bedrock("search"), bedrock("fetch")]}}}),
            pieces: vec![
                start(0, "search"),
                json!({"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"toolUse": {"input": ARGUMENT}}}}),
                start(1, "fetch"),
            ],
        },
        Case {
            provider: "ollama",
            whole: json!({"done": true, "message": {"tool_calls": [ollama("search"), ollama("fetch")]}}),
            pieces: vec![
                json!({"done": false, "message": {"tool_calls": [ollama("search")]}}),
                json!({"done": false, "message": {"tool_calls": [ollama("fetch")]}}),
            ],
        },
        Case {
            provider: "cohere",
            whole: json!({"finish_reason": "TOOL_CALL", "usage": {"billed_units": {"input_tokens": 1}},
                "message": {"tool_calls": [cohere("search"), cohere("fetch")]}}),
            pieces: vec![
                json!({"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": cohere("search")}}}),
                json!({"type": "tool-call-delta", "index": 0, "delta": {"message": {"tool_calls": {
                    "function": {"arguments": ARGUMENT}}}}}),
                json!({"type": "tool-call-start", "index": 1, "delta": {"message": {"tool_calls": cohere("fetch")}}}),
            ],
        },
    ]
}

#[test]
fn the_tools_that_an_answer_asks_for_are_read_whole_and_in_pieces() {
    for Case { provider, whole, pieces } in cases() {
        let answer = Answer::from_body_of(provider, whole.to_string().as_bytes());
        assert_eq!(answer.tool_calls, ["search", "fetch"], "{provider}: {whole}");
        let mut stream = AnswerStream::of(provider);
        for piece in &pieces {
            stream.data(&piece.to_string());
        }
        assert_eq!(stream.answer().tool_calls, ["search", "fetch"], "{provider}: {pieces:?}");
        // One that is large is reduced before it is read.
        let mut large = whole;
        large["padding"] = json!("x".repeat(100_000));
        let answer = Answer::from_body_of(provider, large.to_string().as_bytes());
        assert_eq!(answer.tool_calls, ["search", "fetch"], "{provider}, large");
    }
}

#[test]
fn the_span_says_which_tools_and_not_what_they_are_given() {
    let message = r#"[{"role":"assistant","parts":[{"type":"tool_call","name":"search"},{"type":"tool_call","name":"fetch"}],"finish_reason":""}]"#;
    for Case { provider, pieces, .. } in cases() {
        let fixture = Fixture::new();
        let mut call = fixture.llm.start(provider, MODEL);
        for piece in &pieces {
            call.event(piece);
        }
        call.succeed(None);
        fixture.call().assert_attribute(OUTPUT, message);
        fixture.assert_nowhere(ARGUMENT);
    }
}

#[test]
fn texts_tools_and_the_reason_are_one_message() {
    let fixture = Fixture::new();
    let mut call = fixture.llm.call("openai", MODEL).capture_content(Content::default()).start();
    call.completion("I look it up");
    call.tool_call("search");
    call.body(br#"{"object":"chat.completion","choices":[{"finish_reason":"tool_calls"}]}"#);
    call.succeed(Usage::new(1, 1));
    fixture.call().assert_attribute(
        OUTPUT,
        r#"[{"role":"assistant","parts":[{"type":"text","content":"I look it up"},{"type":"tool_call","name":"search"}],"finish_reason":"tool_calls"}]"#,
    );
    fixture.clear();
    // Nothing was said that may be shown.
    fixture.llm.start("openai", MODEL).succeed(Usage::new(1, 1));
    fixture.call().assert_no_attribute(OUTPUT);
}

#[test]
fn names_without_end_and_calls_without_end_are_bounded() {
    let endless = |name: &str, calls: usize| {
        let calls: Vec<Value> = (0..calls).map(|_| json!({"function": {"name": name}})).collect();
        json!({"choices": [{"message": {"tool_calls": calls}}]})
    };
    let name = "é".repeat(2_000);
    let answer = Answer::from_json(&endless(&name, 200));
    assert_eq!(answer.tool_calls.len(), Answer::MOST_TOOL_CALLS);
    assert!(answer.tool_calls.iter().all(|name| name.len() <= 256));

    for (name, calls) in [(name.as_str(), 200), ("x", 200)] {
        let fixture = Fixture::new();
        let mut call = fixture.llm.start("openai", MODEL);
        call.body(endless(name, calls).to_string().as_bytes());
        for _ in 0..1_000 {
            call.tool_call(name);
        }
        let mut stream = AnswerStream::new();
        for index in 0..1_000 {
            stream.event(
                &json!({"choices": [{"delta": {"tool_calls": [{"index": index, "function": {"name": name}}]}}]}),
            );
        }
        assert_eq!(stream.into_answer().tool_calls.len(), Answer::MOST_TOOL_CALLS);
        call.succeed(None);
        let span = fixture.call();
        let messages = span.attribute(OUTPUT).unwrap_or_default();
        // It is whole within the limit of an attribute.
        assert!(messages.len() < 4_096 && messages.ends_with("}]"), "{}", messages.len());
        let said: Value = serde_json::from_str(messages).expect("a message is JSON");
        let parts = said[0]["parts"].as_array().map_or(0, Vec::len);
        assert!((4..=Answer::MOST_TOOL_CALLS).contains(&parts), "{parts}");
    }
}
