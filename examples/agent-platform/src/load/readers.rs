//! How one client reads one of the platform's streams.

use std::net::SocketAddr;

use axum::BoxError;
use futures_util::StreamExt as _;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::task::AbortOnDropHandle;

/// Reads the types of events that come before the response ends, or before `enough` of them have come: then it leaves.
pub(super) async fn read_events(server: SocketAddr, path: &str, enough: usize) -> Result<Vec<String>, BoxError> {
    Ok(EventReader::open(server, path).await?.read(enough).await)
}

/// Somebody who reads events. Dropped, it leaves.
pub(super) struct EventReader {
    response: Response<Incoming>,
    text: String,
    _connection: AbortOnDropHandle<hyper::Result<()>>,
}

impl EventReader {
    /// Asks for events, and waits until they are to come.
    pub(super) async fn open(server: SocketAddr, path: &str) -> Result<Self, BoxError> {
        let stream = TcpStream::connect(server).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = AbortOnDropHandle::new(tokio::spawn(connection));
        let request = Request::builder().uri(path).header(header::HOST, server.to_string());
        let response = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
        Ok(Self { response, text: String::new(), _connection: connection })
    }

    /// The types of all events so far, once the response has ended or there are `enough` of them.
    pub(super) async fn read(&mut self, enough: usize) -> Vec<String> {
        while event_types(&self.text).count() < enough {
            // A response that is cut off ends in an error, as it should.
            let Some(Ok(frame)) = self.response.frame().await else { break };
            if let Some(data) = frame.data_ref() {
                self.text.push_str(&String::from_utf8_lossy(data));
            }
        }
        event_types(&self.text).collect()
    }
}

fn event_types(text: &str) -> impl Iterator<Item = String> {
    // An event is there once the empty line after it is.
    let (whole, _) = text.rsplit_once("\n\n").unwrap_or_default();
    whole.lines().filter_map(|line| line.strip_prefix("event: ")).map(str::to_owned)
}

/// The same over a WebSocket.
pub(super) async fn read_messages(server: SocketAddr, path: &str, enough: usize) -> Result<Vec<String>, BoxError> {
    let mut member = Member::join(server, path).await?;
    let types = member.listen(enough).await?;
    if types.len() >= enough {
        member.leave().await?;
    }
    Ok(types)
}

/// Somebody in a session.
pub(super) struct Member(WebSocketStream<TcpStream>);

impl Member {
    pub(super) async fn join(server: SocketAddr, path: &str) -> Result<Self, BoxError> {
        let stream = TcpStream::connect(server).await?;
        let (socket, _) = client_async(format!("ws://{server}{path}"), stream).await?;
        Ok(Self(socket))
    }

    /// The types of the events that come before the session ends, or of `enough` of them.
    pub(super) async fn listen(&mut self, enough: usize) -> Result<Vec<String>, BoxError> {
        let mut types = Vec::new();
        while types.len() < enough {
            let Some(Ok(message)) = self.0.next().await else { break };
            if let Message::Text(text) = message {
                let event: Value = serde_json::from_str(&text)?;
                types.extend(event["type"].as_str().map(str::to_owned));
            }
        }
        Ok(types)
    }

    /// Leaves before the end, and says that this is no ordinary one.
    async fn leave(mut self) -> Result<(), BoxError> {
        let frame = CloseFrame { code: CloseCode::Library(4000), reason: "seen enough".into() };
        self.0.close(Some(frame)).await?;
        while let Some(Ok(_)) = self.0.next().await {}
        Ok(())
    }
}

/// Asks for a session that nobody has.
pub(super) async fn join_nothing(server: SocketAddr) -> Result<(), BoxError> {
    let stream = TcpStream::connect(server).await?;
    match client_async(format!("ws://{server}/sessions/nobody's"), stream).await {
        Err(Error::Http(_)) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => Err("a session that does not exist was joined".into()),
    }
}
