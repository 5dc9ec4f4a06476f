//! What the SDK's results and errors mean for a call.

use rmcp::ServiceError;
use rmcp::model::{CallToolResponse, CallToolResult};

use crate::call::ToolCall;
use crate::metrics::ErrorKind;

/// What a server answers to a call.
pub(super) trait Answer {
    /// Whether the tool says that it failed.
    fn is_tool_error(&self) -> bool;
}

impl Answer for CallToolResult {
    fn is_tool_error(&self) -> bool {
        self.is_error == Some(true)
    }
}

impl Answer for CallToolResponse {
    /// A demand for input and a task are answers, too: how they go on is measured where they do.
    fn is_tool_error(&self) -> bool {
        matches!(self, Self::Complete(result) if result.is_tool_error())
    }
}

/// Ends a call as its client sees it.
pub(super) fn end<T: Answer>(call: ToolCall, result: &Result<T, ServiceError>) {
    match result {
        Ok(answer) if answer.is_tool_error() => call.fail(ErrorKind::Execution),
        Ok(_) => call.succeed(),
        Err(ServiceError::McpError(error)) => call.fail_rpc(error.code.0),
        Err(ServiceError::TransportSend(_) | ServiceError::TransportClosed) => call.fail(ErrorKind::Connection),
        Err(ServiceError::Timeout { .. }) => call.timeout(),
        Err(ServiceError::Cancelled { .. }) => call.cancel(),
        Err(ServiceError::UnexpectedResponse) => call.fail_as(ErrorKind::Validation, "unexpected_response"),
        Err(ServiceError::InputRequiredRoundsExceeded { .. }) => {
            call.fail_as(ErrorKind::Execution, "input_required_rounds_exceeded");
        }
        // The conventions' name of what has none; the SDK may come to know more errors.
        Err(_) => call.fail_as(ErrorKind::Execution, "_OTHER"),
    }
}
