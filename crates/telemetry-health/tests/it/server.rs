//! Real servers and real calls, in a few lines.

use std::net::SocketAddr;
#[cfg(feature = "http")]
use std::sync::{Arc, Mutex};

#[cfg(feature = "http")]
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
#[cfg(feature = "http")]
use tokio::net::TcpListener;
use tokio::net::TcpStream;

/// Answers every connection with the same bytes, and remembers what it was asked.
#[cfg(feature = "http")]
pub(crate) struct Canned {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

#[cfg(feature = "http")]
impl Canned {
    pub(crate) async fn answering(answer: impl Into<String>) -> Self {
        Self::over(answer, |stream| async { Some(stream) }).await
    }

    /// `wrap` makes of each connection what is spoken over, or hangs up.
    pub(crate) async fn over<S, F>(answer: impl Into<String>, wrap: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        F: Future<Output = Option<S>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, heard) = (answer.into(), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, heard, wrapped) = (answer.clone(), Arc::clone(&heard), wrap(stream));
                tokio::spawn(async move {
                    let Some(mut stream) = wrapped.await else { return };
                    let head = read_head(&mut stream).await;
                    heard.lock().expect("nobody panics with it").push(head);
                    let _gone = stream.write_all(answer.as_bytes()).await;
                    let _gone = stream.shutdown().await;
                });
            }
        });
        Self { address, asked }
    }

    /// The heads of the requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics with it").clone()
    }
}

#[cfg(feature = "http")]
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    // What begins a TLS handshake is no head, and has no such end.
    while !head.ends_with(b"\r\n\r\n") && head != [0x16] {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// One answer, its head and its body.
#[cfg(feature = "axum")]
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

#[cfg(feature = "axum")]
impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// One call over a connection of its own.
#[cfg(feature = "axum")]
pub(crate) async fn call(address: SocketAddr, method: &str, path: &str, header: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let request = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the server answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}
