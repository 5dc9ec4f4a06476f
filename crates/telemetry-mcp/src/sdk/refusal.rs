//! Whether a failed result says that there is no such tool: many servers answer so where the protocol has an error.

use rmcp::model::CallToolResult;

use crate::metrics::ErrorKind;

/// How servers say that they have no such tool, in lower case, without the tool's name and what stands around it.
const UNKNOWN: [&str; 8] = [
    "unknown tool",
    "no such tool",
    "tool not found",
    "tool is not found",
    "tool was not found",
    "tool does not exist",
    "tool is not available",
    "no tool named",
];

/// How servers say that they do not take the arguments.
const REFUSED: [&str; 3] = ["mcp error -32602", "mcp error -32601", "input validation error"];

/// As much is read of what a result says. A refusal is short.
const READ: usize = 300;

/// The kind of a result with `isError`: `validation` where the server has no such tool, as the known tools or the result
/// itself says, or does not take the arguments; else the tool has run and failed.
pub(super) fn kind(result: &CallToolResult, tool_name: &str, is_lacking: bool) -> ErrorKind {
    let text = || result.content.first().and_then(|content| content.as_text());
    if is_lacking || text().is_some_and(|text| is_refusal(&text.text, tool_name)) {
        ErrorKind::Validation
    } else {
        ErrorKind::Execution
    }
}

fn is_refusal(text: &str, tool_name: &str) -> bool {
    let text = text.trim();
    let beginning = text.get(..text.floor_char_boundary(READ.min(text.len()))).unwrap_or_default();
    let lower = beginning.to_lowercase();
    // Python's FastMCP checks the arguments against a model of that name.
    let of_arguments =
        || beginning.contains(&format!("for {tool_name}Arguments")) && lower.contains("validation error");
    if REFUSED.iter().any(|refused| lower.starts_with(refused)) || of_arguments() {
        return true;
    }
    // A tool may itself speak of tools, at length and of others.
    if text.len() > READ + tool_name.len() || tool_name.is_empty() || !text.contains(tool_name) {
        return false;
    }
    let without_name = text.replacen(tool_name, " ", 1).to_lowercase();
    let words: Vec<_> = without_name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said = words.join(" ");
    let said = said.strip_prefix("error ").unwrap_or(&said);
    UNKNOWN.iter().any(|unknown| said.starts_with(unknown))
}
