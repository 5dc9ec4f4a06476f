//! The SDK's server handler, with its tools measured.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::request::Parts;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use rmcp::model::*;
use rmcp::service::{
    MaybeSendFuture, NotificationContext, RequestContext, RunningService, ServerInitializeError, SubscriptionContext,
};
use rmcp::transport::IntoTransport;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use telemetry_core::propagation;
use telemetry_core::text::{NAME, cut};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::context::extract;
use super::failure::{Answer as _, end_failed};
use super::transport::ServedTransport;
use crate::connection::Connection;
use crate::mcp::Mcp;
use crate::names::ServerTools;
use crate::side::{Network, Side};

/// A server about to run; cheap to clone, for servers that make a handler for each session.
#[derive(Debug, Clone)]
#[must_use = "a server runs with `serve`, or its handler is wrapped"]
pub struct ServerBuilder {
    mcp: Mcp,
    server_id: Arc<str>,
    network: Option<Network>,
    metrics: bool,
    /// The tools that the server is known to have; none beyond the servers that are kept apart.
    known: Option<Arc<ServerTools>>,
}

impl ServerBuilder {
    pub(super) fn new(mcp: &Mcp, server_id: &str) -> Self {
        let (known, metrics) = (mcp.served_tools(server_id), mcp.settings().server_metrics);
        Self { mcp: mcp.clone(), server_id: server_id.into(), network: None, metrics, known }
    }

    /// What carries the messages, for spans and the conventions' metrics. Default: [`Network::Tcp`] for what arrives
    /// over HTTP, else not told.
    pub fn network(self, network: Network) -> Self {
        Self { network: Some(network), ..self }
    }

    /// Whether the metrics are recorded, or only spans, log events and the conventions' metrics. Turn them off, or give
    /// the server another id than its clients do, where the clients report to the same Prometheus: they count the same
    /// calls. Default: as [`McpSettings::server_metrics`](crate::McpSettings::server_metrics) says, which is on.
    pub fn metrics(self, metrics: bool) -> Self {
        Self { metrics, ..self }
    }

    /// Waits for a client and serves it: the SDK's own `serve`, tracked and measured.
    ///
    /// # Errors
    ///
    /// The SDK's.
    pub async fn serve<H, T, E, A>(
        self,
        handler: H,
        transport: T,
    ) -> Result<RunningService<RoleServer, McpServer<H>>, ServerInitializeError>
    where
        H: ServerHandler,
        T: IntoTransport<RoleServer, E, A>,
        E: Error + Send + Sync + 'static,
    {
        let transport = ServedTransport::new(transport.into_transport(), self.connection());
        let connection = transport.connection();
        let running = McpServer { handler, server: self, connection: None }.serve(transport).await?;
        if let (Some(connection), Some(client)) = (connection.upgrade(), running.peer_info()) {
            connection.negotiated(client.protocol_version.as_str());
        }
        Ok(running)
    }

    /// Measures a handler that is served by another of the SDK's means, such as its service for streamable HTTP. The
    /// connection counts as open as long as the SDK keeps the handler: a session, or without sessions a request.
    pub fn wrap<H: ServerHandler>(&self, handler: H) -> McpServer<H> {
        McpServer { handler, server: self.clone(), connection: Some(self.connection()) }
    }

    fn connection(&self) -> Connection {
        Connection::open(self.mcp.lease(), Side::Server, &self.server_id, self.network, self.metrics)
    }
}

/// A handler whose tools are measured.
pub struct McpServer<H> {
    handler: H,
    server: ServerBuilder,
    /// None where the transport has it.
    connection: Option<Connection>,
}

impl<H: ServerHandler> McpServer<H> {
    /// The handler.
    #[must_use]
    pub fn handler(&self) -> &H {
        &self.handler
    }

    async fn measure(
        &self,
        request: CallToolRequestParams,
        mut context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (name, cancelled) = (request.name.clone(), context.ct.clone());
        let id = match &context.id {
            RequestId::String(id) => cut(id, NAME).into_owned(),
            RequestId::Number(id) => id.to_string(),
        };
        let protocol = context.protocol_version();
        let remote = extract(&mut context.meta);
        let (transport, network) = transport(&context);
        let start = self.server.mcp.call(&self.server.server_id, &name).as_server().metrics(self.server.metrics);
        let start = start.request_id(&id).protocol_version(protocol.as_ref().map_or("", ProtocolVersion::as_str));
        let start = start.arg_count(request.arguments.as_ref().map_or(0, |arguments| arguments.len()));
        let network = self.server.network.or(network);
        let start = if let Some(network) = network { start.network(network) } else { start };
        let start = if self.knows(&name) { start } else { start.claimed() };
        let mut call = {
            let _attached = remote.attach();
            start.start()
        };
        if call.span().is_sampled() && transport.is_valid() {
            call.span().span().add_link(transport);
        }
        let result = call.instrument(self.handler.call_tool(request, context)).await;
        match &result {
            Err(_) if cancelled.is_cancelled() => call.cancel(),
            Err(error) => call.fail_rpc(error.code.0),
            Ok(answer) => match answer.tool_error() {
                Some(failed) => end_failed(call, failed, &name, false),
                None => {
                    self.learn(&name);
                    call.prove();
                    call.succeed();
                }
            },
        }
        result
    }

    /// Whether there is such a tool: whoever sends names at will would use up the label.
    fn knows(&self, name: &str) -> bool {
        let known = &self.server.known;
        if known.as_ref().is_some_and(|known| known.has(name)) {
            return true;
        }
        let is_there = self.handler.get_tool(name).is_some();
        if is_there {
            self.learn(name);
        }
        is_there
    }

    fn learn(&self, name: &str) {
        if let Some(known) = &self.server.known {
            known.learn(name);
        }
    }
}

/// The context of what carried the request, which the span is to link: the HTTP request, else what is active here.
fn transport(context: &RequestContext<RoleServer>) -> (SpanContext, Option<Network>) {
    match context.extensions.get::<Parts>() {
        Some(request) => (propagation::extract(&request.headers).span().span_context().clone(), Some(Network::Tcp)),
        None => (Context::map_current(|current| current.span().span_context().clone()), None),
    }
}

impl<H: fmt::Debug> fmt::Debug for McpServer<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpServer")
            .field("handler", &self.handler)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

type Answer<T> = Result<T, ErrorData>;
type Request = RequestContext<RoleServer>;
type Notified = NotificationContext<RoleServer>;

macro_rules! delegate {
    ($($name:ident($($argument:ident: $type:ty),*) -> $output:ty;)*) => {
        $(
            fn $name(&self, $($argument: $type),*) -> impl Future<Output = $output> + MaybeSendFuture + '_ {
                self.handler.$name($($argument),*)
            }
        )*
    };
}

#[expect(deprecated, reason = "handlers for older versions of the protocol have these methods, too")]
impl<H: ServerHandler> ServerHandler for McpServer<H> {
    fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: Request,
    ) -> impl Future<Output = Answer<CallToolResponse>> + MaybeSendFuture + '_ {
        self.measure(request, context)
    }

    async fn list_tools(&self, request: Option<PaginatedRequestParams>, context: Request) -> Answer<ListToolsResult> {
        let result = self.handler.list_tools(request, context).await;
        for tool in result.iter().flat_map(|result| &result.tools) {
            self.learn(&tool.name);
        }
        result
    }

    async fn initialize(&self, request: InitializeRequestParams, context: Request) -> Answer<InitializeResult> {
        let result = self.handler.initialize(request, context).await;
        if let (Some(connection), Ok(result)) = (&self.connection, &result) {
            connection.negotiated(result.protocol_version.as_str());
        }
        result
    }

    fn get_info(&self) -> ServerConfig {
        self.handler.get_info()
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.handler.get_tool(name)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        self.handler.supported_protocol_versions()
    }

    fn negotiate_initialize(&self, request: &InitializeRequestParams) -> Answer<InitializeResult> {
        self.handler.negotiate_initialize(request)
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        self.handler.accepted_subscription_filter(requested)
    }

    delegate! {
        ping(context: Request) -> Answer<()>;
        discover(context: Request) -> Answer<DiscoverResult>;
        complete(request: CompleteRequestParams, context: Request) -> Answer<CompleteResult>;
        set_level(request: SetLevelRequestParams, context: Request) -> Answer<()>;
        get_prompt(request: GetPromptRequestParams, context: Request) -> Answer<GetPromptResponse>;
        list_prompts(request: Option<PaginatedRequestParams>, context: Request) -> Answer<ListPromptsResult>;
        list_resources(request: Option<PaginatedRequestParams>, context: Request) -> Answer<ListResourcesResult>;
        list_resource_templates(
            request: Option<PaginatedRequestParams>, context: Request
        ) -> Answer<ListResourceTemplatesResult>;
        read_resource(request: ReadResourceRequestParams, context: Request) -> Answer<ReadResourceResponse>;
        read_resource_directory(
            request: ReadResourceDirectoryRequestParams, context: Request
        ) -> Answer<ReadResourceDirectoryResult>;
        listen(context: SubscriptionContext) -> Answer<()>;
        subscribe(request: SubscribeRequestParams, context: Request) -> Answer<()>;
        unsubscribe(request: UnsubscribeRequestParams, context: Request) -> Answer<()>;
        list_skills(request: Option<PaginatedRequestParams>, context: Request) -> Answer<ListSkillsResult>;
        get_skill(request: GetSkillRequestParams, context: Request) -> Answer<GetSkillResult>;
        get_task(request: GetTaskParams, context: Request) -> Answer<GetTaskResult>;
        update_task(request: UpdateTaskParams, context: Request) -> Answer<()>;
        cancel_task(request: CancelTaskParams, context: Request) -> Answer<()>;
        on_custom_request(request: CustomRequest, context: Request) -> Answer<CustomResult>;
        on_cancelled(notification: CancelledNotificationParam, context: Notified) -> ();
        on_progress(notification: ProgressNotificationParam, context: Notified) -> ();
        on_initialized(context: Notified) -> ();
        on_roots_list_changed(context: Notified) -> ();
        on_custom_notification(notification: CustomNotification, context: Notified) -> ();
    }
}
