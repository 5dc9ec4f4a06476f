//! A server on loopback, which asks itself: what is recorded of an answer, a failure, a panic and a page that is not there.
#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::{Extension, Path};
use axum::routing::get;
use axum::{Router, http::StatusCode};
use telemetry_http::{HttpLayer, RequestId};
use telemetry_testkit::TestTelemetry;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In an application: `Telemetry::builder("…").from_env()?.init()?`, and its meter.
    let telemetry = TestTelemetry::entered();

    let users = Router::new().route("/{id}", get(user));
    let app = Router::new()
        .nest("/users", users)
        .route("/broken", get(|| async { StatusCode::BAD_GATEWAY }))
        .route("/panics", get(panics))
        .layer(HttpLayer::new(telemetry.meter()));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });

    for path in ["/users/7", "/users/8", "/broken", "/panics", "/nowhere"] {
        println!("GET {path}\n{}\n", ask(address, path).await?);
    }
    println!("{}\n{}\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}

async fn user(Path(user): Path<u32>, Extension(id): Extension<RequestId>) -> String {
    tracing::info!(user, "looked up");
    format!("user {user}, asked for by {id}")
}

async fn panics() -> &'static str {
    panic!("a handler panics, on purpose")
}

/// The answer as it comes over the socket; nothing where the server hung up.
async fn ask(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
