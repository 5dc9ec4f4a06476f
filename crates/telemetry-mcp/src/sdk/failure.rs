//! What the SDK's results and errors mean for a call and for its connection.

use std::error::Error;
use std::fmt;

use rmcp::ServiceError;
use rmcp::model::{CallToolResponse, CallToolResult};

use super::refusal;
use crate::call::ToolCall;
use crate::metrics::ErrorKind;
use crate::semconv::TOOL_ERROR;

/// What a server answers to a call.
pub(super) trait Answer {
    /// The result of a tool that says that it failed.
    fn tool_error(&self) -> Option<&CallToolResult>;
}

impl Answer for CallToolResult {
    fn tool_error(&self) -> Option<&CallToolResult> {
        (self.is_error == Some(true)).then_some(self)
    }
}

impl Answer for CallToolResponse {
    /// A demand for input and a task are answers, too: how they go on is measured where they do.
    fn tool_error(&self) -> Option<&CallToolResult> {
        match self {
            Self::Complete(result) => result.tool_error(),
            _ => None,
        }
    }
}

/// Ends a call whose result says that it failed.
pub(super) fn end_failed(call: ToolCall, result: &CallToolResult, tool_name: &str, is_lacking: bool) {
    call.fail_as(refusal::kind(result, tool_name, is_lacking), TOOL_ERROR);
}

/// Ends a call as its client sees it. What a server says in an error may be content, and is not told.
pub(super) fn end<T: Answer>(
    call: ToolCall,
    result: &Result<T, ServiceError>,
    tool_name: &str,
    is_lacking: impl FnOnce() -> bool,
) {
    let error = match result {
        Ok(answer) => {
            return match answer.tool_error() {
                Some(failed) => end_failed(call, failed, tool_name, is_lacking()),
                None => call.succeed(),
            };
        }
        Err(error) => error,
    };
    match error {
        ServiceError::McpError(error) => call.fail_rpc(error.code.0),
        ServiceError::TransportSend(_) | ServiceError::TransportClosed => {
            call.because(&Why::of(error)).fail(ErrorKind::Connection);
        }
        ServiceError::Timeout { .. } => call.because(error).fail(ErrorKind::Timeout),
        ServiceError::Cancelled { .. } => call.cancel(),
        ServiceError::UnexpectedResponse => call.because(error).fail_as(ErrorKind::Validation, "unexpected_response"),
        ServiceError::InputRequiredRoundsExceeded { .. } => {
            call.because(error).fail_as(ErrorKind::Execution, "input_required_rounds_exceeded");
        }
        // The conventions' name of what has none; the SDK may come to know more errors.
        _ => call.because(error).fail_as(ErrorKind::Execution, "_OTHER"),
    }
}

/// Why a message did not reach the server, without the SDK's words around it.
#[derive(Debug)]
pub(super) struct Why<'a> {
    error: &'a (dyn Error + 'static),
    /// What the operating system says. The SDK's error of HTTP does not hand its cause on, but shows it in its `Debug`.
    of_system: Option<String>,
}

impl<'a> Why<'a> {
    pub(super) fn of(error: &'a ServiceError) -> Self {
        let ServiceError::TransportSend(sent) = error else { return Self { error, of_system: None } };
        let of_system = || {
            let debug = format!("{:?}", sent.error);
            let (_, message) = debug.split_once("message: \"")?;
            message.split_once('"').map(|(message, _)| message.to_owned())
        };
        let of_system = if sent.error.source().is_none() { of_system() } else { None };
        Self { error: &*sent.error, of_system }
    }
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.of_system {
            Some(of_system) => write!(f, "{}: {of_system}", self.error),
            None => fmt::Display::fmt(self.error, f),
        }
    }
}

impl Error for Why<'_> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// What an error tells of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// It is there.
    Answered,
    /// It cannot be reached.
    Gone,
    /// It says nothing.
    Silent,
}

/// What an error tells of the server.
pub(super) fn sign(error: &ServiceError) -> Sign {
    match error {
        ServiceError::TransportSend(error) if is_answer(error) => Sign::Answered,
        ServiceError::TransportSend(_) | ServiceError::TransportClosed => Sign::Gone,
        ServiceError::Timeout { .. } | ServiceError::Cancelled { .. } => Sign::Silent,
        _ => Sign::Answered,
    }
}

/// Whether a server has answered what the transport takes for an error: a status of HTTP that says that the request was
/// not right, or that there are too many. One of 404 is for a session or a server that is not there any more, one from 500
/// comes from who stands before it as well.
fn is_answer(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if let Some(status) = status_in(&text) {
            return (400..500).contains(&status) && status != 404;
        }
        if text.ends_with("Auth required") || text.ends_with("Insufficient scope") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The status after `HTTP` in a text of the SDK, whose errors do not say it otherwise.
fn status_in(text: &str) -> Option<u16> {
    let (_, after) = text.split_once("HTTP ")?;
    after.get(..3)?.parse().ok()
}
