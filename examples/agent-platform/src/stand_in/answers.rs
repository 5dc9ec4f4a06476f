//! What providers answer, in the shape of each.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::check::{Used, canary};

/// The shape in which a provider is asked and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Chat,
    Responses,
    Messages,
    GenerateContent,
}

/// What an answer uses, by chance.
pub(super) fn used(shape: Shape, random: &mut Rng) -> Used {
    let (prompt, completion) = (random.u64(200..4_000), random.u64(20..400));
    Used {
        prompt,
        completion,
        cached: random.u64(1..=prompt / 2),
        // Only Anthropic tells what it put into its cache, and only it does not tell what reasoning took.
        created: if shape == Shape::Messages { random.u64(1..=prompt / 4) } else { 0 },
        reasoning: if shape == Shape::Messages { 0 } else { random.u64(1..=completion / 2) },
    }
}

/// How many pieces of output a streamed answer has.
const PIECES: usize = 6;
const WORDS: &str = canary::COMPLETION;
/// The tool that each answer asks for.
const TOOL: &str = "word-count";

/// What it is to be given.
fn arguments() -> Value {
    json!({"text": canary::ARGUMENT})
}

/// A call of it, as chat completions have it.
fn tool_call() -> Value {
    json!({"index": 0, "id": "call_1", "type": "function",
        "function": {"name": TOOL, "arguments": arguments().to_string()}})
}

/// A call of it, as messages have it.
fn tool_use() -> Value {
    json!({"type": "tool_use", "id": "toolu_1", "name": TOOL, "input": arguments()})
}

/// A whole answer.
pub(super) fn whole(shape: Shape, model: &str, used: Used) -> Value {
    match shape {
        Shape::Chat => json!({
            "id": "chatcmpl-1", "object": "chat.completion", "model": model, "service_tier": "default",
            "choices": [{"index": 0, "finish_reason": "tool_calls",
                "message": {"role": "assistant", "content": WORDS, "tool_calls": [tool_call()]}}],
            "usage": chat_usage(used),
        }),
        Shape::Responses => response(model, used),
        Shape::Messages => json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": model, "stop_reason": "tool_use",
            "content": [{"type": "text", "text": WORDS}, tool_use()], "usage": messages_usage(used, used.completion),
        }),
        Shape::GenerateContent => json!({
            "responseId": "r1", "modelVersion": model, "usageMetadata": gemini_usage(used),
            "candidates": [{"finishReason": "STOP", "content": {"role": "model", "parts": [
                {"text": WORDS}, {"functionCall": {"name": TOOL, "args": arguments()}}]}}],
        }),
    }
}

/// A whole answer in a conversation, which asks for these tools.
pub(super) fn in_conversation(model: &str, used: Used, calls: &Value) -> Value {
    let finish = if calls.as_array().is_some_and(|calls| !calls.is_empty()) { "tool_calls" } else { "stop" };
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "model": model, "service_tier": "default",
        "choices": [{"index": 0, "finish_reason": finish,
            "message": {"role": "assistant", "content": WORDS, "tool_calls": calls}}],
        "usage": chat_usage(used),
    })
}

/// The events of an answer in pieces, of which all but the first and the last few are output.
pub(super) fn streamed(shape: Shape, model: &str, used: Used) -> Vec<String> {
    let mut events: Vec<String> = Vec::new();
    let mut add = |event: Value| events.push(event.to_string());
    match shape {
        Shape::Chat => {
            let chunk = |delta: Value, finish: Value| {
                json!({"object": "chat.completion.chunk", "model": model, "usage": null,
                    "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
            };
            for _ in 0..PIECES {
                add(chunk(json!({"content": WORDS}), Value::Null));
            }
            add(chunk(json!({"tool_calls": [tool_call()]}), Value::Null));
            add(chunk(json!({}), json!("tool_calls")));
            add(json!({"object": "chat.completion.chunk", "model": model, "choices": [], "usage": chat_usage(used)}));
            events.push("[DONE]".to_owned());
        }
        Shape::Responses => {
            for _ in 0..PIECES {
                add(json!({"type": "response.output_text.delta", "delta": WORDS}));
            }
            add(json!({"type": "response.completed", "response": response(model, used)}));
        }
        Shape::Messages => {
            add(json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "model": model,
                "usage": messages_usage(used, 1)}}));
            for _ in 0..PIECES {
                add(json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": WORDS}}));
            }
            add(json!({"type": "content_block_start", "index": 1, "content_block": tool_use()}));
            add(json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"},
                "usage": {"output_tokens": used.completion}}));
            add(json!({"type": "message_stop"}));
        }
        Shape::GenerateContent => {
            for _ in 0..PIECES {
                add(json!({"modelVersion": model, "candidates": [{"content": {"parts": [{"text": WORDS}]}}]}));
            }
            let call = json!({"functionCall": {"name": TOOL, "args": arguments()}});
            add(json!({"modelVersion": model, "candidates": [{"content": {"parts": [call]}}]}));
            add(json!({"modelVersion": model, "candidates": [{"finishReason": "STOP"}],
                "usageMetadata": gemini_usage(used)}));
        }
    }
    events
}

/// What the provider says when it does not answer.
pub(super) fn limited() -> Value {
    json!({"error": {"message": "Rate limit reached", "type": "tokens", "param": null, "code": "rate_limit_exceeded"}})
}

pub(super) fn overloaded() -> Value {
    json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
}

pub(super) fn unauthorized() -> Value {
    json!({"error": {"message": format!("Incorrect API key provided: {}", canary::KEY), "type": "invalid_request_error",
        "param": null, "code": "invalid_api_key"}})
}

pub(super) fn refused() -> Value {
    json!({"error": {"code": 400, "message": format!("API key not valid: {}", canary::KEY), "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]}})
}

fn response(model: &str, used: Used) -> Value {
    json!({
        "id": "resp_1", "object": "response", "status": "completed", "model": model, "error": null,
        "output": [{"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": TOOL,
            "arguments": arguments().to_string()}],
        "usage": {
            "input_tokens": used.prompt, "input_tokens_details": {"cached_tokens": used.cached},
            "output_tokens": used.completion, "output_tokens_details": {"reasoning_tokens": used.reasoning},
        },
    })
}

fn chat_usage(used: Used) -> Value {
    json!({
        "prompt_tokens": used.prompt, "prompt_tokens_details": {"cached_tokens": used.cached},
        "completion_tokens": used.completion, "completion_tokens_details": {"reasoning_tokens": used.reasoning},
    })
}

/// Anthropic counts what went through its cache apart from the rest of the prompt.
fn messages_usage(used: Used, completion: u64) -> Value {
    json!({
        "input_tokens": used.prompt - used.cached - used.created, "cache_read_input_tokens": used.cached,
        "cache_creation_input_tokens": used.created, "output_tokens": completion,
    })
}

/// Gemini counts its thoughts apart from the rest of the answer.
fn gemini_usage(used: Used) -> Value {
    json!({
        "promptTokenCount": used.prompt, "cachedContentTokenCount": used.cached,
        "candidatesTokenCount": used.completion - used.reasoning, "thoughtsTokenCount": used.reasoning,
    })
}
