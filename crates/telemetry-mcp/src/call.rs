//! The guard of one execution of a tool, on either side.

use std::thread;
use std::time::{Duration, Instant};

use telemetry_core::Label;
use telemetry_core::trace::ActiveSpan;
use tracing::field::Empty;

use crate::mcp::Mcp;
use crate::metrics::{ErrorKind, McpToolMetricsKey, Outcome};
use crate::semconv::{self, TIMEOUT};
use crate::side::{Network, Side};

/// The execution of a tool, about to start. [`start`](Self::start) starts it.
#[derive(Debug, Clone, Copy)]
#[must_use = "an execution starts with `start`"]
pub struct ToolStart<'a> {
    mcp: &'a Mcp,
    server_id: &'a str,
    tool_name: &'a str,
    arg_count: Option<u64>,
    network: Option<Network>,
    protocol: &'a str,
    request_id: Option<&'a str>,
    side: Side,
    metrics: bool,
}

impl<'a> ToolStart<'a> {
    pub(crate) fn new(mcp: &'a Mcp, server_id: &'a str, tool_name: &'a str) -> Self {
        Self {
            mcp,
            server_id,
            tool_name,
            arg_count: None,
            network: None,
            protocol: "",
            request_id: None,
            side: Side::Client,
            metrics: true,
        }
    }

    /// How many arguments the tool is given, for the span. What they are is not recorded.
    pub fn arg_count(self, count: usize) -> Self {
        Self { arg_count: u64::try_from(count).ok(), ..self }
    }

    /// What carries the request.
    pub fn network(self, network: Network) -> Self {
        Self { network: Some(network), ..self }
    }

    /// The version of the protocol, such as `2025-06-18`.
    pub fn protocol_version(self, version: &'a str) -> Self {
        Self { protocol: version, ..self }
    }

    /// The id of the JSON-RPC request, for the span.
    pub fn request_id(self, id: &'a str) -> Self {
        Self { request_id: Some(id), ..self }
    }

    /// Measures as the server that runs the tool, and not as a client that calls it: the span's kind, and the names of
    /// the conventions' metrics.
    pub fn as_server(self) -> Self {
        Self { side: Side::Server, ..self }
    }

    /// Whether this crate's own metrics are recorded, or only the span, the log event and the conventions' metrics.
    pub fn metrics(self, metrics: bool) -> Self {
        Self { metrics, ..self }
    }

    /// Starts the execution: its clock and its span `mcp.tool.execute`.
    pub fn start(self) -> ToolCall<'a> {
        let started = Instant::now();
        let span = ActiveSpan::start(|| {
            tracing::info_span!(
                "mcp.tool.execute",
                otel.kind = self.side.kind(),
                server_id = self.server_id,
                tool_name = self.tool_name,
                arg_count = self.arg_count,
                outcome = Empty,
                error_kind = Empty,
                error.r#type = Empty,
                otel.status_code = Empty,
                mcp.method.name = semconv::TOOLS_CALL,
                mcp.protocol.version = (!self.protocol.is_empty()).then_some(self.protocol),
                gen_ai.operation.name = semconv::EXECUTE_TOOL,
                gen_ai.tool.name = self.tool_name,
                network.transport = self.network.map(Label::as_str),
                jsonrpc.request.id = self.request_id,
                rpc.response.status_code = Empty,
            )
        });
        ToolCall { start: self, counted_as: self.tool_name, started, span, finished: false }
    }
}

/// One execution of a tool: a guard that records how it ends.
///
/// A guard that is dropped before [`succeed`](Self::succeed), [`fail`](Self::fail) or [`timeout`](Self::timeout), by a
/// cancelled future or an early return, records the outcome `cancelled` and no error.
#[derive(Debug)]
#[must_use = "dropped at once, the execution counts as cancelled"]
pub struct ToolCall<'a> {
    start: ToolStart<'a>,
    /// The tool's name in metrics.
    counted_as: &'a str,
    started: Instant,
    span: ActiveSpan,
    finished: bool,
}

/// Why an execution failed.
struct Failure<'a> {
    kind: ErrorKind,
    /// As the conventions have it.
    error_type: &'a str,
}

/// How an execution ended, for the conventions' metrics.
pub(crate) struct Ended<'a> {
    pub(crate) side: Side,
    pub(crate) tool_name: &'a str,
    pub(crate) error_type: Option<&'a str>,
    pub(crate) network: Option<Network>,
    pub(crate) protocol: &'a str,
    pub(crate) elapsed: Duration,
}

impl ErrorKind {
    /// The kind of a JSON-RPC error: `validation` where the request was refused, `execution` where it was tried.
    #[must_use]
    pub const fn of_rpc_code(code: i32) -> Self {
        match code {
            // Parse error, invalid request, unknown method, invalid parameters; of MCP: headers that contradict the
            // body, a missing capability, an unsupported version.
            -32700 | -32600 | -32601 | -32602 | -32020 | -32021 | -32022 => Self::Validation,
            _ => Self::Execution,
        }
    }

    /// `error.type` where no more is known.
    const fn error_type(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Validation => "validation",
            Self::Execution => semconv::TOOL_ERROR,
            Self::Timeout => TIMEOUT,
        }
    }
}

impl<'a> ToolCall<'a> {
    /// The execution's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        &self.span
    }

    /// Runs the work within the execution's span.
    pub fn instrument<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.span.instrument(work)
    }

    /// Ends the execution as a success.
    pub fn succeed(mut self) {
        self.finish(Outcome::Success, None);
    }

    /// Ends the execution as failed; [`ErrorKind::Timeout`] is [`timeout`](Self::timeout).
    pub fn fail(self, kind: ErrorKind) {
        self.fail_as(kind, kind.error_type());
    }

    /// Ends the execution as failed, with an `error.type` of a few words' choice for the span and the conventions'
    /// metrics. It must hold no content.
    pub fn fail_as(mut self, kind: ErrorKind, error_type: &str) {
        let outcome = if kind == ErrorKind::Timeout { Outcome::Timeout } else { Outcome::Error };
        self.finish(outcome, Some(Failure { kind, error_type }));
    }

    /// Ends the execution as answered with a JSON-RPC error, whose code tells the kind
    /// ([`ErrorKind::of_rpc_code`]) and is the `error.type`.
    pub fn fail_rpc(self, code: i32) {
        let digits = code.to_string();
        self.span.record("rpc.response.status_code", digits.as_str());
        self.fail_as(ErrorKind::of_rpc_code(code), &digits);
    }

    /// Ends the execution as given up at its time limit, which counts as an error of the kind `timeout`.
    pub fn timeout(self) {
        self.fail(ErrorKind::Timeout);
    }

    /// Ends the execution as cancelled on request, as dropping it does.
    pub fn cancel(mut self) {
        self.finish(Outcome::Cancelled, None);
    }

    /// Counts the execution under another name of the tool than the span's.
    #[cfg(feature = "rmcp")]
    pub(crate) fn count_as(&mut self, tool_name: &'a str) {
        self.counted_as = tool_name;
    }

    fn finish(&mut self, outcome: Outcome, failure: Option<Failure<'_>>) {
        self.finished = true;
        let elapsed = self.started.elapsed();
        let ToolStart { mcp, server_id, .. } = self.start;
        if self.start.metrics {
            let tool = mcp.tools().get(McpToolMetricsKey { server_id, tool_name: self.counted_as });
            tool.execute.at(outcome).record(elapsed.as_secs_f64());
            if let Some(failure) = &failure {
                tool.errors.at(failure.kind).add(1);
            }
        }
        mcp.conventions().operation(&Ended {
            side: self.start.side,
            tool_name: self.counted_as,
            error_type: failure.as_ref().map(|failure| failure.error_type),
            network: self.start.network,
            protocol: self.start.protocol,
            elapsed,
        });
        self.span.record("outcome", outcome.as_str());
        if let Some(failure) = &failure {
            self.span.record("error_kind", failure.kind.as_str());
            self.span.record("error.type", failure.error_type);
            self.span.record("otel.status_code", "ERROR");
        }
        self.log(outcome, failure, elapsed);
    }

    fn log(&self, outcome: Outcome, failure: Option<Failure<'_>>, elapsed: Duration) {
        let ToolStart { server_id, tool_name, .. } = self.start;
        let (outcome, duration_ms) = (outcome.as_str(), u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
        self.span.in_scope(|| match failure {
            Some(Failure { kind, error_type }) => tracing::warn!(
                server_id,
                tool_name,
                outcome,
                error_kind = kind.as_str(),
                error_type,
                duration_ms,
                "MCP tool failed"
            ),
            None => tracing::debug!(server_id, tool_name, outcome, duration_ms, "MCP tool ended"),
        });
    }
}

impl Drop for ToolCall<'_> {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        // At the server a panic is the tool's own; at the client it says nothing of the tool.
        if self.start.side == Side::Server && thread::panicking() {
            self.finish(Outcome::Error, Some(Failure { kind: ErrorKind::Execution, error_type: "panic" }));
        } else {
            self.finish(Outcome::Cancelled, None);
        }
    }
}
