//! HTTP for loads and tests.

use std::error::Error;
use std::net::SocketAddr;
use std::pin::pin;

use http::{Method, Request, Response, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
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
    let stream = TcpStream::connect(server).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::builder().method(method).uri(path).header(header::HOST, server.to_string());
    let request = request.body(Empty::<Bytes>::new())?;
    let answer = async {
        let (head, body) = sender.send_request(request).await?.into_parts();
        Ok::<_, hyper::Error>(Response::from_parts(head, body.collect().await?.to_bytes()))
    };
    let (mut connection, mut answer) = (pin!(connection), pin!(answer));
    tokio::select! {
        answer = &mut answer => Ok(answer?),
        closed = &mut connection => {
            closed?;
            Ok(answer.await?)
        }
    }
}
