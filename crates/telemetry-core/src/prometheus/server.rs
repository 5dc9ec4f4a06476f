//! The pull endpoint's own HTTP server, for an application that has none.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ALLOW, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;

use super::answer::{busy, plain};
use super::scraper::{MOST_SCRAPES, Scraper};

/// How long a client may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may read nothing of what it is sent. Prometheus gives up on a scrape after ten seconds.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may take as a whole, however slowly its client reads.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(60);
/// Connections that are told at once that there are too many. What comes beyond these is closed.
const MOST_REFUSALS: usize = 64;
/// How long accepting pauses after an error such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Takes the address, so that a taken one is an error of the set-up and not of the first scrape.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves until the runtime ends.
pub(crate) async fn serve(scraper: Scraper, listener: TcpListener) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let (connections, refusals) = (Arc::new(Semaphore::new(MOST_SCRAPES)), Arc::new(Semaphore::new(MOST_REFUSALS)));
    loop {
        let Ok((stream, _peer)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        if let Ok(permit) = Arc::clone(&connections).try_acquire_owned() {
            tokio::spawn(answer_one(stream, Some(scraper.clone()), permit));
        } else if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
            tokio::spawn(answer_one(stream, None, permit));
        }
    }
}

/// One request and one answer. A connection that stayed open would keep others out while nothing is asked.
async fn answer_one(stream: TcpStream, scraper: Option<Scraper>, _permit: OwnedSemaphorePermit) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let stream = pin!(stream);
    let service = service_fn(move |request| answer(scraper.clone(), request));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let _client_gone = timeout(CONNECTION_TIMEOUT, connection).await;
}

async fn answer(scraper: Option<Scraper>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let Some(scraper) = scraper else { return Ok(full(busy())) };
    let response = if request.uri().path() != "/metrics" {
        plain(StatusCode::NOT_FOUND, "metrics are at /metrics\n", None)
    } else if request.method() != Method::GET && request.method() != Method::HEAD {
        let allowed = (ALLOW, HeaderValue::from_static("GET, HEAD"));
        plain(StatusCode::METHOD_NOT_ALLOWED, "use GET or HEAD\n", Some(allowed))
    } else {
        scraper.answer(request.headers()).await
    };
    Ok(full(response))
}

fn full(response: Response<Vec<u8>>) -> Response<Full<Bytes>> {
    response.map(|body| Full::new(Bytes::from(body)))
}
