//! What callers ask of the platform, and how each call goes.

use std::net::SocketAddr;
use std::time::Duration;

use http::StatusCode;
use hyper::body::Bytes;
use tokio::time::timeout;

use super::client;
use crate::check::canary;
use crate::stand_in::mcp_tools::{BAD_MCP_TOOLS, GOOD_MCP_TOOLS, SILENT_MCP_TOOL, UNKNOWN_MCP_TOOL};
use crate::stand_in::{
    ANSWERED, Ask, BAD_AGENTS, BAD_TOOLS, BAD_WORKFLOWS, Course, DEAF_TOOL, GOOD_AGENTS, GOOD_TOOLS, GOOD_WORKFLOWS,
    HANGING_TOOL, SLOW_TOOL, TROUBLED, Workflow,
};

/// What tools work on.
const WORDS: &str = "the quick brown fox jumps over the lazy dog";
/// More than a pipe holds, in bytes.
const MANY: usize = 1_000_000;
/// How long somebody waits who gives up.
const PATIENCE: Duration = Duration::from_millis(250);

/// One call of the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    path: String,
    body: Bytes,
    /// The conversation that it is part of.
    conversation: Option<&'static str>,
    ending: Ending,
}

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// With the answer.
    Answered,
    /// The caller gives up.
    GivenUp,
    /// The caller leaves after the first piece of the answer.
    Left,
    /// The answer breaks off.
    CutOff,
}

/// All that callers ask for; what stands here several times is asked for more often.
pub(super) fn calls(with_bad_tools: bool) -> Vec<Call> {
    let mut calls = Vec::new();
    for tool in GOOD_TOOLS {
        calls.extend([Call::new(format!("/tasks/{tool}"), WORDS), Call::new(format!("/tasks/{tool}/start"), WORDS)]);
    }
    calls.extend(GOOD_WORKFLOWS.map(Call::workflow));
    calls.extend(GOOD_AGENTS.into_iter().flat_map(Call::agent));
    calls.extend(ANSWERED.into_iter().map(Call::ask));
    calls.extend(GOOD_MCP_TOOLS.map(Call::mcp));
    if with_bad_tools {
        calls.extend(BAD_WORKFLOWS.map(Call::workflow));
        calls.extend(BAD_AGENTS.into_iter().flat_map(Call::agent));
        calls.extend(TROUBLED.into_iter().map(Call::ask));
        calls.extend(BAD_MCP_TOOLS.map(Call::mcp));
        calls.push(Call::mcp(UNKNOWN_MCP_TOOL));
        for tool in BAD_TOOLS {
            let body = if tool == DEAF_TOOL { Bytes::from("x".repeat(MANY)) } else { Bytes::from(WORDS) };
            calls.push(Call::new(format!("/tasks/{tool}"), body));
        }
        calls.push(Call::new("/agents/unknown".to_owned(), WORDS));
        // Without a body, so that the platform begins at once, however little time there is.
        for path in [format!("/tasks/{SLOW_TOOL}"), format!("/mcp/{SILENT_MCP_TOOL}")] {
            calls.push(Call { ending: Ending::GivenUp, ..Call::new(path, "") });
        }
    }
    calls
}

impl Call {
    fn new(path: String, body: impl Into<Bytes>) -> Self {
        Self { path, body: body.into(), conversation: None, ending: Ending::Answered }
    }

    fn ask(ask: Ask) -> Self {
        let ending = match ask.course {
            Course::Slow => Ending::CutOff,
            Course::Left => Ending::Left,
            _ => Ending::Answered,
        };
        let prompt = format!("{} {}", canary::PROMPT, ask.course.word());
        // Whoever asks one deployment again goes on where it was.
        let conversation = Some(ask.deployment);
        Self { conversation, ending, ..Self::new(format!("/models/{}", ask.deployment), prompt) }
    }

    /// Of a tool that exceeds its timeout.
    pub(super) fn hanging() -> Self {
        Self::new(format!("/tasks/{HANGING_TOOL}"), WORDS)
    }

    fn workflow(workflow: Workflow) -> Self {
        Self::new(format!("/workflows/{}", workflow.id), "")
    }

    fn agent(id: &str) -> [Self; 2] {
        [format!("/agents/{id}"), format!("/agents/{id}/start")].map(|path| Self::new(path, WORDS))
    }

    fn mcp(tool: &str) -> Self {
        Self::new(format!("/mcp/{tool}"), canary::ARGUMENT)
    }

    /// # Errors
    ///
    /// When it does not end as it is meant to.
    pub(super) async fn make(self, platform: SocketAddr) -> Result<(), String> {
        let Self { path, body, conversation, ending } = self;
        let answer = client::post(platform, &path, body.clone(), conversation);
        let answered = match ending {
            Ending::Answered => answer.await.map(drop),
            Ending::Left => client::post_and_leave(platform, &path, body, conversation).await.map(drop),
            Ending::GivenUp => match timeout(PATIENCE, answer).await {
                Ok(_answered) => Err("it was answered".into()),
                Err(_gave_up) => Ok(()),
            },
            Ending::CutOff => match answer.await {
                // On a machine that is very busy it does not even begin in time.
                Ok(answer) if answer.status() == StatusCode::GATEWAY_TIMEOUT => Ok(()),
                Ok(_whole) => Err("the answer is whole".into()),
                Err(_cut_off) => Ok(()),
            },
        };
        answered.map_err(|error| format!("{path} did not go as it should: {error}"))
    }
}
