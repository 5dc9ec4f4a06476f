//! HTTP for loads and tests: one call over a connection of its own.

use std::error::Error;
use std::net::SocketAddr;
use std::pin::pin;

use http::{Method, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
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
    exchange(method, server, path, Bytes::new(), whole).await
}

/// The same as a POST that says something.
pub(super) async fn post(
    server: SocketAddr,
    path: &str,
    body: Bytes,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
    exchange(Method::POST, server, path, body, whole).await
}

/// The same, but leaves after the first piece of the answer.
pub(super) async fn post_and_leave(
    server: SocketAddr,
    path: &str,
    body: Bytes,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
    exchange(Method::POST, server, path, body, first).await
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
    body: Bytes,
    read: impl FnOnce(Response<Incoming>) -> R,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>>
where
    R: Future<Output = hyper::Result<Response<Bytes>>>,
{
    let stream = TcpStream::connect(server).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::builder().method(method).uri(path).header(header::HOST, server.to_string());
    let request = request.body(Full::new(body))?;
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
