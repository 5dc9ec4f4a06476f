//! The tools that the platform is given, good ones, bad ones and a slow one, and the agents that use them.

use std::io;
use std::time::Duration;

use super::tool_process;
use crate::platform::executions::{Agent, Tool};

/// How a tool is set up.
#[derive(Debug, Clone, Copy)]
struct Row {
    id: &'static str,
    reads_input: bool,
    json: bool,
}

const fn row(id: &'static str, reads_input: bool, json: bool) -> Row {
    Row { id, reads_input, json }
}

const ROWS: [Row; 11] = [
    row("word-count", true, true),
    row("report", false, true),
    row("heedless", true, true),
    row("failing", false, false),
    row("crashing", false, false),
    row(HANGING_TOOL, false, false),
    row("flooding", false, false),
    row("shouting", false, false),
    row("garbling", false, true),
    row(DEAF_TOOL, true, false),
    row(SLOW_TOOL, false, false),
];

/// Those that work.
pub(crate) const GOOD_TOOLS: [&str; 3] = ["word-count", "report", "heedless"];

/// Those that fail, each in another way: one for each kind of error.
pub(crate) const BAD_TOOLS: [&str; 8] =
    ["failing", "crashing", HANGING_TOOL, "flooding", "shouting", "garbling", DEAF_TOOL, MISSING];

/// It exceeds its timeout.
pub(crate) const HANGING_TOOL: &str = "hanging";

/// It runs until its caller gives up.
pub(crate) const SLOW_TOOL: &str = "slow";

/// It takes none of its input, which shows only if there is more than a pipe holds.
pub(crate) const DEAF_TOOL: &str = "deaf";

/// There is no such program.
const MISSING: &str = "missing";

/// All tools: this program under other names.
///
/// # Errors
///
/// When this program cannot tell where it is.
pub(crate) fn tools() -> io::Result<Vec<Tool>> {
    let program = std::env::current_exe()?;
    let missing = Tool {
        id: MISSING.to_owned(),
        program: "/nonexistent/agent-platform-tool".into(),
        args: Vec::new(),
        reads_input: false,
        json: false,
        timeout: Duration::from_secs(20),
    };
    let tools = ROWS.map(|row| Tool {
        id: row.id.to_owned(),
        program: program.clone(),
        args: vec![tool_process::COMMAND.to_owned(), row.id.to_owned()],
        reads_input: row.reads_input,
        json: row.json,
        timeout: if row.id == HANGING_TOOL { Duration::from_millis(400) } else { Duration::from_secs(20) },
    });
    Ok(tools.into_iter().chain([missing]).collect())
}

/// Agents that come to an end.
pub(crate) const GOOD_AGENTS: [&str; 1] = ["reviewer"];

/// Agents that always fail.
pub(crate) const BAD_AGENTS: [&str; 1] = ["fixer"];

/// All agents.
pub(crate) fn agents() -> [Agent; 2] {
    let agent = |id: &str, action: &str, tools: [&str; 2]| Agent {
        id: id.to_owned(),
        action: action.to_owned(),
        tools: tools.map(ToOwned::to_owned).to_vec(),
    };
    [agent(GOOD_AGENTS[0], "review", ["word-count", "report"]), agent(BAD_AGENTS[0], "fix", ["word-count", "failing"])]
}
