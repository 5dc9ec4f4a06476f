//! HTTP for loads and tests: one call over a connection of its own.

use std::error::Error;
use std::net::SocketAddr;
use std::pin::pin;

use http::{Method, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use telemetry_core::conversation;
use tokio::net::TcpStream;

/// One HTTP call without a body, over a connection of its own, which is closed when the future is dropped: a caller that
/// gives up hangs up.
///
/// # Errors
///
/// When the server is not there, hangs up, or does not speak HTTP; and when `path` is no path.
pub async fn call(
    method: Method,
    server: SocketAddr,
    path: &str,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
    exchange(method, server, path, (Bytes::new(), None), whole).await
}

/// The same with a body.
pub(super) async fn send(
    method: Method,
    server: SocketAddr,
    path: &str,
    body: Bytes,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
    exchange(method, server, path, (body, None), whole).await
}

/// The same as a POST that says something, as part of a conversation or of none.
pub(super) async fn post(
    server: SocketAddr,
    path: &str,
    body: Bytes,
    conversation: Option<&str>,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
    exchange(Method::POST, server, path, (body, conversation), whole).await
}

/// The same, but leaves after the first piece of the answer.
pub(super) async fn post_and_leave(
    server: SocketAddr,
    path: &str,
    body: Bytes,
    conversation: Option<&str>,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
    exchange(Method::POST, server, path, (body, conversation), first).await
}

async fn whole(mut answer: Response<Incoming>) -> hyper::Result<Response<Bytes>> {
    let body = answer.body_mut().collect().await?.to_bytes();
    Ok(answer.map(|_| body))
}

async fn first(mut answer: Response<Incoming>) -> hyper::Result<Response<Bytes>> {
    let frame = answer.body_mut().frame().await.transpose()?;
    let piece = frame.and_then(|frame| frame.into_data().ok()).unwrap_or_default();
    Ok(answer.map(|_| piece))
}

async fn exchange<R>(
    method: Method,
    server: SocketAddr,
    path: &str,
    (body, conversation): (Bytes, Option<&str>),
    read: impl FnOnce(Response<Incoming>) -> R,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>>
where
    R: Future<Output = hyper::Result<Response<Bytes>>>,
{
    let stream = TcpStream::connect(server).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::builder().method(method).uri(path).header(header::HOST, server.to_string());
    let mut request = request.body(Full::new(body))?;
    if let Some(conversation) = conversation {
        // As a front end does that knows which conversation its user is in.
        let baggage = format!("{}={conversation}", conversation::ID);
        request.headers_mut().insert("baggage", baggage.try_into()?);
    }
    let answer = async { read(sender.send_request(request).await?).await };
    let (mut connection, mut answer) = (pin!(connection), pin!(answer));
    tokio::select! {
        answer = &mut answer => Ok(answer?),
        closed = &mut connection => {
            closed?;
            Ok(answer.await?)
        }
    }
}
