//! The tools that an answer asks for, by their names: where each shape has them, whole or in pieces.

use serde_json::Value;
use telemetry_core::text;

use super::api::Api;
use super::path;
use crate::gen_ai::MOST_TOOL_CALLS;

/// Where a shape has calls of tools.
struct CallsAt {
    /// Each call.
    calls: &'static str,
    /// The call's name, within it: the first that is there.
    names: &'static [&'static str],
    /// Which types of items are calls, where others stand beside them.
    types: &'static [&'static str],
    /// It is a piece that may come again for the same call, which its index tells where it has no id.
    is_piece: bool,
}

const FUNCTION: [&str; 2] = ["function.name", "custom.name"];
const NAME: [&str; 1] = ["name"];

const fn call(calls: &'static str, names: &'static [&'static str]) -> CallsAt {
    CallsAt { calls, names, types: &[], is_piece: false }
}

const fn piece(calls: &'static str, names: &'static [&'static str]) -> CallsAt {
    CallsAt { is_piece: true, ..call(calls, names) }
}

const fn item(calls: &'static str, types: &'static [&'static str]) -> CallsAt {
    CallsAt { types, ..call(calls, &NAME) }
}

const OF_RESPONSES: &[&str] = &["function_call", "custom_tool_call", "mcp_call"];
const OF_MESSAGES: &[&str] = &["tool_use", "server_tool_use", "mcp_tool_use"];
const OF_INTERACTIONS: &[&str] = &["function_call", "mcp_server_tool_call"];

const CHAT: &[CallsAt] = &[
    call("choices[].message.tool_calls[]", &FUNCTION),
    piece("choices[].delta.tool_calls[]", &FUNCTION),
    // What it was before there were several.
    call("choices[].message.function_call", &NAME),
    piece("choices[].delta.function_call", &NAME),
];
/// An item comes when it begins, when it ends, and in the last event once more, under one id.
const RESPONSES: &[CallsAt] =
    &[item("output[]", OF_RESPONSES), item("item", OF_RESPONSES), item("response.output[]", OF_RESPONSES)];
const MESSAGES: &[CallsAt] =
    &[item("content[]", OF_MESSAGES), item("message.content[]", OF_MESSAGES), item("content_block", OF_MESSAGES)];
const GENERATE_CONTENT: &[CallsAt] = &[call("candidates[].content.parts[].functionCall", &NAME)];
const INTERACTIONS: &[CallsAt] = &[
    item("outputs[]", OF_INTERACTIONS),
    item("steps[]", OF_INTERACTIONS),
    item("interaction.outputs[]", OF_INTERACTIONS),
    item("interaction.steps[]", OF_INTERACTIONS),
    item("content", OF_INTERACTIONS),
    item("step", OF_INTERACTIONS),
    item("delta", OF_INTERACTIONS),
];
const CONVERSE: &[CallsAt] =
    &[call("output.message.content[].toolUse", &NAME), call("contentBlockStart.start.toolUse", &NAME)];
/// Those of the second version, then those of the first.
const COHERE: &[CallsAt] = &[
    call("message.tool_calls[]", &FUNCTION),
    call("delta.message.tool_calls", &FUNCTION),
    call("tool_calls[]", &NAME),
    call("response.tool_calls[]", &NAME),
];
const OLLAMA: &[CallsAt] = &[call("message.tool_calls[]", &FUNCTION)];

fn places(api: Api) -> &'static [CallsAt] {
    match api {
        Api::OpenAiChat => CHAT,
        Api::OpenAiResponses => RESPONSES,
        Api::AnthropicMessages => MESSAGES,
        Api::GeminiGenerateContent => GENERATE_CONTENT,
        Api::GeminiInteractions => INTERACTIONS,
        Api::BedrockConverse => CONVERSE,
        Api::CohereChat => COHERE,
        Api::Ollama => OLLAMA,
        Api::OpenAiEmbeddings
        | Api::OpenAiImages
        | Api::OpenAiTranscription
        | Api::VertexPredictions
        | Api::BedrockTitan
        | Api::BedrockLlama
        | Api::CohereEmbeddings
        | Api::MistralOcr => &[],
    }
}

/// By what a call is known again.
#[derive(Debug, Clone, PartialEq)]
enum Known {
    Id(String),
    Index(u64),
}

/// The calls that were seen of one answer, each of which counts once, however often its pieces name it.
#[derive(Debug, Clone, Default)]
pub(super) struct ToolCalls {
    known: Vec<Known>,
}

impl ToolCalls {
    /// Adds the names of calls that `body` has and that are new.
    pub(super) fn read(&mut self, api: Api, body: &Value, names: &mut Vec<String>) {
        for place in places(api) {
            path::each(body, place.calls, &mut |call| {
                if names.len() < MOST_TOOL_CALLS
                    && is_call(place, call)
                    && let Some(name) = path::text(call, place.names)
                    && self.is_new(place, call)
                {
                    names.push(text::cut(name, text::NAME).into_owned());
                }
            });
        }
    }

    fn is_new(&mut self, place: &CallsAt, call: &Value) -> bool {
        let id = path::text(call, &["id", "call_id", "toolUseId"]);
        let id = id.map(|id| Known::Id(text::cut(id, text::NAME).into_owned()));
        // Some servers number all calls 0, and tell them apart by their ids.
        let index = call.get("index").and_then(Value::as_u64).filter(|_| place.is_piece);
        let index = index.or(place.is_piece.then_some(0)).map(Known::Index);
        let is_new = match (&id, &index) {
            (Some(known), _) | (None, Some(known)) => !self.known.contains(known),
            (None, None) => true,
        };
        if is_new {
            self.known.extend(id.into_iter().chain(index));
        }
        is_new
    }
}

fn is_call(place: &CallsAt, item: &Value) -> bool {
    let kind = || item.get("type").and_then(Value::as_str).unwrap_or_default();
    place.types.is_empty() || place.types.contains(&kind())
}
