//! Clients that do as a test says, byte by byte.

use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, protocol::frame::CloseFrame};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::server::within;

/// A client of server-sent events that does as it is told, byte by byte.
pub(crate) struct SseClient {
    stream: TcpStream,
    received: Vec<u8>,
}

impl SseClient {
    pub(crate) async fn get(server: SocketAddr, source: &str) -> Self {
        Self::ask(server, "GET", &format!("/sse/{source}")).await
    }

    pub(crate) async fn ask(server: SocketAddr, method: &str, path: &str) -> Self {
        let mut stream = TcpStream::connect(server).await.expect("the server listens");
        let request = format!("{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        Self { stream, received: Vec::new() }
    }

    /// Reads until the text has come.
    pub(crate) async fn until(&mut self, text: &str) {
        within(async {
            while !self.text().contains(text) {
                let read = self.stream.read_buf(&mut self.received).await.expect("the connection is open");
                assert!(read > 0, "the connection ended before {text:?} in\n{}", self.text());
            }
        })
        .await;
    }

    /// Reads until the server ends the connection, and tells whether the response was whole.
    pub(crate) async fn rest(&mut self) -> bool {
        within(async { while self.stream.read_buf(&mut self.received).await.is_ok_and(|read| read > 0) {} }).await;
        self.received.ends_with(b"0\r\n\r\n")
    }

    /// Reads what has come, or comes next.
    pub(crate) async fn read(&mut self) {
        within(self.stream.read_buf(&mut self.received)).await.expect("the connection is open");
    }

    /// How many bytes have come.
    pub(crate) fn bytes(&self) -> usize {
        self.received.len()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.received).into_owned()
    }

    /// How many events have come.
    pub(crate) fn events(&self) -> usize {
        self.text().matches("event: ").count()
    }

    /// Says that it will send no more, and goes on reading.
    pub(crate) async fn close_half(&mut self) {
        self.stream.shutdown().await.expect("the connection is open");
    }

    /// Is gone without a word: the kernel answers what comes with a reset.
    pub(crate) fn vanish(self) {
        self.stream.set_zero_linger().expect("a socket can be reset");
    }
}

/// A client of WebSockets.
pub(crate) struct SocketClient<S = TcpStream>(Box<WebSocketStream<S>>);

impl SocketClient {
    pub(crate) async fn connect(server: SocketAddr, path: &str) -> Self {
        Self::over(TcpStream::connect(server).await.expect("the server listens"), path).await
    }

    pub(crate) fn vanish(self) {
        self.0.get_ref().set_zero_linger().expect("a socket can be reset");
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> SocketClient<S> {
    pub(crate) async fn over(stream: S, path: &str) -> Self {
        let (socket, _) = client_async(format!("ws://server{path}"), stream).await.expect("the server upgrades");
        Self(Box::new(socket))
    }

    pub(crate) async fn send(&mut self, message: Message) {
        within(self.0.send(message)).await.expect("the server reads");
    }

    /// The next text.
    pub(crate) async fn text(&mut self) -> String {
        match within(self.0.next()).await {
            Some(Ok(Message::Text(text))) => text.to_string(),
            other => panic!("no text but {other:?}"),
        }
    }

    /// The next pong's content.
    pub(crate) async fn pong(&mut self) -> Vec<u8> {
        match within(self.0.next()).await {
            Some(Ok(Message::Pong(content))) => content.to_vec(),
            other => panic!("no pong but {other:?}"),
        }
    }

    /// The next ping's content, which is answered when the next message is read.
    pub(crate) async fn ping(&mut self) -> Vec<u8> {
        match within(self.0.next()).await {
            Some(Ok(Message::Ping(content))) => content.to_vec(),
            other => panic!("no ping but {other:?}"),
        }
    }

    /// How many messages come before the close frame, and what that says.
    pub(crate) async fn until_close(&mut self) -> (usize, Option<(u16, String)>) {
        let mut messages = 0;
        loop {
            match within(self.0.next()).await {
                Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) => {
                    return (messages, Some((code.into(), reason.to_string())));
                }
                Some(Ok(Message::Close(None)) | Err(_)) | None => return (messages, None),
                Some(Ok(_)) => messages += 1,
            }
        }
    }

    /// Says good-bye with that code, and waits for the server to repeat it.
    pub(crate) async fn close(&mut self, code: Option<u16>) {
        let frame = code.map(|code| CloseFrame { code: code.into(), reason: "bye".into() });
        within(self.0.as_mut().close(frame)).await.expect("the connection is open");
        assert_eq!(self.until_close().await.1, code.map(|code| (code, "bye".to_owned())));
    }

    /// Sends bytes that need not be a message.
    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        within(self.0.get_mut().write_all(bytes)).await.expect("the connection is open");
    }

    /// Reads what comes and answers nothing, until the server hangs up.
    pub(crate) async fn hung_up_on(&mut self) {
        let mut unanswered = Vec::new();
        within(self.0.get_mut().read_to_end(&mut unanswered)).await.expect("the connection ends in order");
    }

    pub(crate) async fn close_half(&mut self) {
        self.0.get_mut().shutdown().await.expect("the connection is open");
    }
}
