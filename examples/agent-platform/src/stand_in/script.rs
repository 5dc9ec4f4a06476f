//! What a model does with a task, turn by turn: the prompt says which task it is, in a word.

use serde_json::{Value, json};

use crate::check::canary;

/// What the model does in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// It asks for these tools.
    Calls(&'static [&'static str]),
    /// It has nothing to ask for.
    Nothing,
    /// The same, but only when the load is over.
    NothingAtTheEnd,
    /// Its provider refuses.
    Refuses,
}

use Says::{Calls, Nothing, NothingAtTheEnd, Refuses};

/// By the kind of task. The last turn goes for all that follow.
const SCRIPTS: [(&str, &[Says]); 6] = [
    ("feature", &[Calls(&["word-count", "read-file"]), Calls(&["search"]), Nothing]),
    // A tool that nobody allowed it.
    ("sloppy", &[Calls(&["Bash"]), Nothing]),
    ("endless", &[Calls(&["heedless"])]),
    ("broken", &[Calls(&["failing"]), Refuses]),
    ("abandoned", &[Calls(&["slow"])]),
    ("resident", &[Calls(&["word-count"]), NothingAtTheEnd]),
];

/// The word for a kind of task.
pub(crate) fn script_word(kind: &str) -> String {
    format!("script-{kind}")
}

/// What the model says next in this conversation.
pub(super) fn next(request: &Value) -> Option<Says> {
    let messages = request["messages"].as_array()?;
    let prompt = messages.first()?["content"].as_str()?;
    let (_, turns) = SCRIPTS.iter().find(|(kind, _)| prompt.contains(&script_word(kind)))?;
    let said = messages.iter().filter(|message| message["role"] == "assistant").count();
    turns.get(said).or(turns.last()).copied()
}

/// Calls of these tools, as chat completions have them.
pub(super) fn calls(tools: &[&str]) -> Value {
    let arguments = json!({"text": canary::ARGUMENT}).to_string();
    let call = |(number, tool): (usize, &&str)| {
        json!({"index": number, "id": format!("call_{number}"), "type": "function",
            "function": {"name": tool, "arguments": arguments}})
    };
    tools.iter().enumerate().map(call).collect()
}
