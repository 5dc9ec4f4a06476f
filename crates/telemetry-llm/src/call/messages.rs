//! What was said, as the messages of the semantic conventions: tools by their names, texts only where a call site asked.

use serde_json::{Value, json};
use telemetry_core::text;

/// What was said to the model.
pub(super) fn input(said: &str) -> String {
    json!([{ "role": "user", "parts": [text_part(said)] }]).to_string()
}

/// What the model said; nothing where that is neither a text that may be shown nor a tool. Arguments are content, names are
/// not: of these there are as many as fit into 1 KiB.
pub(super) fn output(said: Option<&str>, tool_calls: &[String], finish_reason: Option<&str>) -> Option<String> {
    let mut room = text::MESSAGE;
    let names = tool_calls.iter().map_while(|name| {
        room = room.checked_sub(name.len())?;
        Some(json!({ "type": "tool_call", "name": name }))
    });
    let parts: Vec<Value> = said.map(text_part).into_iter().chain(names).collect();
    // The conventions ask for a reason always.
    let message = json!([{ "role": "assistant", "parts": parts, "finish_reason": finish_reason.unwrap_or_default() }]);
    (!parts.is_empty()).then(|| message.to_string())
}

fn text_part(said: &str) -> Value {
    json!({ "type": "text", "content": said })
}
