//! How the platform serves tools of its own over HTTP.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use telemetry_mcp::Mcp;
use tokio::net::TcpListener;

/// Serves on a loopback port as long as the runtime runs, and tells where that is. Its calls are in traces only: the
/// platform, which is their client, counts them.
pub(crate) async fn listen<H>(mcp: &Mcp, server_id: &str, path: &str, handler: H) -> io::Result<SocketAddr>
where
    H: ServerHandler + Clone,
{
    let server = mcp.server(server_id).metrics(false);
    let (sessions, config) = (Arc::new(LocalSessionManager::default()), StreamableHttpServerConfig::default());
    let service = StreamableHttpService::new(move || Ok(server.wrap(handler.clone())), sessions, config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new().nest_service(path, service);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}
