//! The guard of one execution of a tool, on either side.

use std::error::Error;
use std::io::Write as _;

use telemetry_core::text::{MESSAGE, NAME, cut};
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Dropped, End, EntityRef, Label, Lease, Operation, Shared, end_event, operation_span};
use tracing::field::Empty;

use crate::inner::Inner;
use crate::metrics::{ErrorKind, McpToolMetrics, McpToolMetricsKey, Outcome};
use crate::semconv::{self, Channel, TIMEOUT};
use crate::side::{Network, Side};

/// The execution of a tool, about to start. [`start`](Self::start) starts it.
#[derive(Debug, Clone, Copy)]
#[must_use = "an execution starts with `start`"]
pub struct ToolStart<'a> {
    inner: &'a Shared<Inner>,
    server_id: &'a str,
    tool_name: &'a str,
    arg_count: Option<i64>,
    network: Option<Network>,
    protocol: &'a str,
    request_id: Option<&'a str>,
    side: Side,
    metrics: bool,
    is_claim: bool,
}

impl<'a> ToolStart<'a> {
    pub(crate) fn new(inner: &'a Shared<Inner>, server_id: &'a str, tool_name: &'a str) -> Self {
        Self {
            inner,
            server_id,
            tool_name,
            arg_count: None,
            network: None,
            protocol: "",
            request_id: None,
            side: Side::Client,
            metrics: true,
            is_claim: false,
        }
    }

    /// How many arguments the tool is given, for the span. What they are is not recorded.
    pub fn arg_count(self, count: usize) -> Self {
        Self { arg_count: i64::try_from(count).ok(), ..self }
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

    /// The name is what a peer says, who may have made it up: of one that is not known nothing becomes a label before a
    /// tool has answered to it.
    #[cfg(feature = "rmcp")]
    pub(crate) fn claimed(self) -> Self {
        Self { is_claim: true, ..self }
    }

    /// Starts the execution: its clock and its span `mcp.tool.execute`.
    pub fn start(self) -> ToolCall {
        let Self { server_id, tool_name, side, .. } = self;
        let operation = Operation::start(|| {
            let said_name = &*cut(tool_name, NAME);
            operation_span!(
                "mcp.tool.execute",
                otel.kind = side.kind(),
                server_id = &*cut(server_id, NAME),
                tool_name = said_name,
                arg_count = self.arg_count,
                error_kind = Empty,
                mcp.method.name = semconv::TOOLS_CALL,
                mcp.protocol.version = (!self.protocol.is_empty()).then(|| cut(self.protocol, NAME)).as_deref(),
                gen_ai.operation.name = semconv::EXECUTE_TOOL,
                gen_ai.tool.name = said_name,
                network.transport = self.network.map(Label::as_str),
                jsonrpc.request.id = self.request_id.map(|id| cut(id, NAME)).as_deref(),
                rpc.response.status_code = Empty,
            )
        });
        let inner = self.inner.lease();
        let known = inner.tools.known(McpToolMetricsKey { server_id, tool_name });
        let (tool, is_another) =
            known.map_or_else(|| inner.tool(side, server_id, tool_name, self.is_claim), |tool| (tool, false));
        let claim = is_another.then(|| cut(tool_name, MESSAGE).into());
        let channel = inner.conventions.channel(self.protocol, self.network);
        ToolCall { inner, tool, claim, channel, side, metrics: self.metrics, operation, why: None }
    }
}

/// One execution of a tool: a guard that records how it ends. It is owned, and goes into a spawned task.
///
/// A guard that is dropped before [`succeed`](Self::succeed), [`fail`](Self::fail) or [`timeout`](Self::timeout), by a
/// cancelled future or an early return, records the outcome `cancelled` and no error. A panic is the tool's own at the
/// server that runs it, an `execution` error; at the client it says nothing of the tool, which is `cancelled`.
#[derive(Debug)]
#[must_use = "dropped at once, the execution counts as cancelled"]
pub struct ToolCall {
    inner: Lease<Inner>,
    tool: EntityRef<McpToolMetrics>,
    /// The name that a tool was called by, cut, where it is counted under another.
    claim: Option<Box<str>>,
    /// None where the conventions' metrics are not recorded.
    channel: Option<Channel>,
    side: Side,
    metrics: bool,
    operation: Operation,
    /// Why it fails, if it does.
    why: Option<String>,
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

impl ToolCall {
    /// The execution's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.operation.span()
    }

    /// Runs the work within the execution's span.
    pub fn instrument<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.operation.instrument(work)
    }

    /// Runs `work` within the execution's span.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.operation.in_scope(work)
    }

    /// Says why, for a failure that follows: what the error and its causes say, masked and cut, becomes the span's status and
    /// stands in the log record. It is for errors of the connection: what a server or a tool says is content.
    ///
    /// ```
    /// use std::io;
    ///
    /// use telemetry_mcp::Mcp;
    /// use telemetry_mcp::labels::ErrorKind;
    ///
    /// let call = Mcp::global().start("github", "search_issues");
    /// call.because(&io::Error::from(io::ErrorKind::ConnectionRefused)).fail(ErrorKind::Connection);
    /// ```
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.operation.error_message(error);
        self
    }

    /// Ends the execution as a success.
    pub fn succeed(mut self) {
        self.end(Outcome::Success, None, End::success(Outcome::Success.as_str()));
    }

    /// Ends the execution as failed; [`ErrorKind::Timeout`] is [`timeout`](Self::timeout).
    pub fn fail(self, kind: ErrorKind) {
        self.fail_as(kind, kind.error_type());
    }

    /// Ends the execution as failed, with an `error.type` of a few words' choice for the span and the conventions'
    /// metrics. It must hold no content.
    pub fn fail_as(mut self, kind: ErrorKind, error_type: &str) {
        self.end_failed(kind, error_type);
    }

    /// Ends the execution as answered with a JSON-RPC error, whose code tells the kind
    /// ([`ErrorKind::of_rpc_code`]) and is the `error.type`.
    pub fn fail_rpc(self, code: i32) {
        let mut digits = Digits::default();
        let digits = digits.of(code);
        self.span().record("rpc.response.status_code", digits);
        self.fail_as(ErrorKind::of_rpc_code(code), digits);
    }

    /// Ends the execution as given up at its time limit, which counts as an error of the kind `timeout`.
    pub fn timeout(self) {
        self.fail(ErrorKind::Timeout);
    }

    /// Ends the execution as cancelled on request, as dropping it does.
    pub fn cancel(mut self) {
        self.end_cancelled();
    }

    /// A tool has answered to the name, which becomes its label if it was a peer's claim.
    #[cfg(feature = "rmcp")]
    pub(crate) fn prove(&mut self) {
        if let Some(tool_name) = self.claim.take() {
            let server_id = self.tool.label(&self.inner.tools, 0);
            let (tool, is_another) = self.inner.tool(self.side, server_id, &tool_name, true);
            self.claim = is_another.then_some(tool_name);
            self.tool = tool;
        }
    }

    fn end_failed(&mut self, kind: ErrorKind, error_type: &str) {
        let outcome = if kind == ErrorKind::Timeout { Outcome::Timeout } else { Outcome::Error };
        let (end, why) = (End::failure(outcome.as_str(), error_type), self.why.take());
        self.end(outcome, Some(kind), why.as_deref().map_or(end, |why| end.describing(why)));
    }

    fn end_cancelled(&mut self) {
        self.end(Outcome::Cancelled, None, End::cancelled(Outcome::Cancelled.as_str()));
    }

    fn end(&mut self, outcome: Outcome, kind: Option<ErrorKind>, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        let Inner { tools, conventions, .. } = &*self.inner;
        if self.metrics {
            let tool = tools.at(self.tool.id());
            tool.execute.at(outcome).record(elapsed.as_secs_f64());
            if let Some(kind) = kind {
                tool.errors.at(kind).add(1);
            }
        }
        let counted_as = self.tool.label(tools, 1);
        if let Some(channel) = &self.channel {
            // A panic of the client is nothing that the tool answered.
            let error_type = end.error_type().filter(|_| kind.is_some());
            conventions.operation(channel, self.side, counted_as, error_type, elapsed);
        }
        let error_kind = kind.map(Label::as_str);
        self.span().record("error_kind", error_kind);
        end_event!(
            self.operation,
            end,
            elapsed,
            {
                server_id = &*cut(self.tool.label(tools, 0), NAME),
                tool_name = &*cut(self.claim.as_deref().unwrap_or(counted_as), NAME),
                error_kind
            },
            "MCP tool ended",
            "MCP tool failed"
        );
    }
}

impl Drop for ToolCall {
    fn drop(&mut self) {
        match (self.operation.dropped(), self.side) {
            (None, _) => {}
            (Some(Dropped::Cancelled), _) => self.end_cancelled(),
            (Some(Dropped::Panicked), Side::Server) => {
                self.end(Outcome::Error, Some(ErrorKind::Execution), End::panicked(Outcome::Error.as_str()));
            }
            (Some(Dropped::Panicked), Side::Client) => {
                self.end(Outcome::Cancelled, None, End::panicked(Outcome::Cancelled.as_str()));
            }
        }
    }
}

/// The digits of a code, without an allocation.
#[derive(Default)]
struct Digits([u8; 11]);

impl Digits {
    fn of(&mut self, code: i32) -> &str {
        let mut rest = &mut self.0[..];
        // Eleven bytes are enough for every code.
        let _ = write!(rest, "{code}");
        let written = 11 - rest.len();
        str::from_utf8(&self.0[..written]).unwrap_or_default()
    }
}
