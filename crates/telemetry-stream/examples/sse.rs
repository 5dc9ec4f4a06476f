//! Server-sent events by axum on loopback, and a client that reads them.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use futures_util::stream;
use serde_json::json;
use telemetry_stream::Streams;
use telemetry_stream::labels::{StreamKind, Transport};
use telemetry_testkit::TestTelemetry;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Events in JSON, which tell their type by themselves.
async fn follow(
    State(streams): State<Streams>,
    Path(execution): Path<String>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let events = [1, 2, 3].map(|number| Ok::<_, Infallible>(json!({ "type": "step", "number": number })));
    let stream = streams.stream(StreamKind::Workflow, Transport::Sse, &execution).headers(&headers).start();
    stream.sse(stream::iter(events)).keep_alive(KeepAlive::default())
}

/// Events of axum's own, of which a closure tells what they are.
async fn think(State(streams): State<Streams>) -> impl IntoResponse {
    let events = ["first", "then"].map(|text| Ok::<_, Infallible>(Event::default().event("thought").data(text)));
    let stream = streams.start(StreamKind::Agent, Transport::Sse, "exec-2");
    stream.sse_as(stream::iter(events), |_| "thought".into())
}

async fn read(server: SocketAddr, path: &str) -> io::Result<String> {
    let mut connection = TcpStream::connect(server).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = TestTelemetry::entered();
    // In an application: `Streams::global()`, once `Telemetry` is there.
    let streams = Streams::new(telemetry.meter());

    let app =
        Router::new().route("/executions/{id}/events", get(follow)).route("/thoughts", get(think)).with_state(streams);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });

    for path in ["/executions/exec-1/events", "/thoughts"] {
        println!("GET {path}\n{}\n", read(address, path).await?);
    }
    println!("{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}
