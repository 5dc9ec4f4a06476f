//! Over streamable HTTP.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use http::{HeaderName, HeaderValue};
use opentelemetry::trace::SpanKind;
use rmcp::ServiceError;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use telemetry_mcp::labels::{ErrorKind, Network};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::fixture::{CLIENT, Fixture, SERVER, call};
use crate::handler::Tools;

async fn listen(fixture: &Fixture) -> (String, JoinHandle<()>) {
    let server = fixture.mcp.server(SERVER);
    let sessions = Arc::new(LocalSessionManager::default());
    let config = StreamableHttpServerConfig::default();
    let service = StreamableHttpService::new(move || Ok(server.wrap(Tools)), sessions, config);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().nest_service("/mcp", service);
    let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves until dropped") });
    (format!("http://{address}/mcp"), task)
}

#[tokio::test]
async fn a_session_over_http_is_measured_and_linked_to_the_request() {
    let fixture = Fixture::new();
    let (uri, server) = listen(&fixture).await;
    let (trace, span) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let of_http = HeaderValue::try_from(format!("00-{trace}-{span}-01")).expect("a header");
    let headers = HashMap::from([(HeaderName::from_static("traceparent"), of_http)]);
    let config = StreamableHttpClientTransportConfig::with_uri(uri).custom_headers(headers);
    let transport = StreamableHttpClientTransport::from_config(config);
    let client = fixture.mcp.client(CLIENT).network(Network::Tcp).serve((), transport).await.expect("it answers");
    assert_eq!((fixture.connections(CLIENT), fixture.connections(SERVER)), (1.0, 1.0));

    client.call_tool(call("echo", &[("text", "x")])).await.expect("it answers");
    client.call_tool(call("refuse", &[])).await.expect_err("it refuses");
    fixture.assert_execution(CLIENT, "echo", "success", None);
    fixture.assert_execution(SERVER, "echo", "success", None);
    fixture.assert_execution(CLIENT, "refuse", "error", Some(ErrorKind::Validation));

    let (ours, theirs) = (fixture.span_of("echo", SpanKind::Client), fixture.span_of("echo", SpanKind::Server));
    assert_eq!(theirs.parent_span_id.as_ref(), Some(&ours.span_id), "the parent is the call, not the HTTP request");
    assert_eq!(theirs.trace_id, ours.trace_id);
    for side in [&ours, &theirs] {
        side.assert_attribute("network.transport", "tcp");
    }
    let [link] = &theirs.links[..] else { panic!("one link, to the HTTP request: {theirs}") };
    assert_eq!((link.trace_id.as_str(), link.span_id.as_str()), (trace, span));

    client.cancel().await.expect("it does not panic");
    assert_eq!(fixture.connections(CLIENT), 0.0);
    fixture.disconnected(SERVER).await;
    server.abort();
}

#[tokio::test]
async fn a_server_that_is_gone_is_a_failed_connection() {
    let fixture = Fixture::new();
    let (uri, server) = listen(&fixture).await;
    let transport = StreamableHttpClientTransport::from_uri(uri);
    let client = fixture.mcp.client(CLIENT).network(Network::Tcp).serve((), transport).await.expect("it answers");
    server.abort();
    assert!(server.await.is_err_and(|ended| ended.is_cancelled()));
    client.peer().call_tool(call("refuse", &[])).await.expect_err("nobody listens");
    let result = client.call_tool(call("echo", &[])).await;
    let failed = matches!(result, Err(ServiceError::TransportSend(_) | ServiceError::TransportClosed));
    assert!(failed, "{result:?}");
    fixture.assert_execution(CLIENT, "echo", "error", Some(ErrorKind::Connection));
}
