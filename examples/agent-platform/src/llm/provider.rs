//! A stand-in for providers of models, over real HTTP on a loopback port.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use fastrand::Rng;
use futures_util::stream;
use http::{StatusCode, header};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::answers::{self, Used};
use super::asks::{self, Ask, Course};
use super::notes;
use crate::check::Ledger;

/// Names what is asked, so that the stand-in plays along.
pub(super) const ASK: &str = "x-ask";
/// Says that the ask was refused before, because of a rate limit.
pub(super) const AGAIN: &str = "x-again";
/// When to try again after a rate limit.
const RETRY_AFTER_MS: &str = "40";
/// How long the pieces of an answer are apart, and those of a slow one.
const PACE: Duration = Duration::from_millis(15);
const SLOW_PACE: Duration = Duration::from_secs(30);

struct StandIn {
    random: Mutex<Rng>,
    ledger: Arc<Ledger>,
}

/// Starts the stand-in, which runs as long as its runtime, and tells where it is.
pub(super) async fn start(seed: u64, ledger: Arc<Ledger>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let stand_in = StandIn { random: Mutex::new(Rng::with_seed(seed)), ledger };
    let router = Router::new().fallback(answer).with_state(Arc::new(stand_in));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn answer(State(stand_in): State<Arc<StandIn>>, request: Request) -> Response {
    let headers = request.headers();
    let name = headers.get(ASK).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let again = headers.contains_key(AGAIN);
    let Some(ask) = asks::find(name) else { return said(StatusCode::NOT_FOUND, &Value::Null) };
    match ask.course {
        Course::Limited if !again => {
            let mut refusal = said(StatusCode::TOO_MANY_REQUESTS, &answers::limited());
            refusal.headers_mut().insert("retry-after-ms", header::HeaderValue::from_static(RETRY_AFTER_MS));
            refusal
        }
        Course::Whole | Course::Limited => {
            let used = stand_in.use_up(ask);
            notes::used(&stand_in.ledger, ask, used);
            said(StatusCode::OK, &answers::whole(ask, used))
        }
        Course::Streamed => {
            let used = stand_in.use_up(ask);
            notes::used(&stand_in.ledger, ask, used);
            in_pieces(answers::streamed(ask, used), PACE)
        }
        // What these use is never told.
        Course::Slow | Course::Left => in_pieces(answers::streamed(ask, stand_in.use_up(ask)), SLOW_PACE),
        Course::Overloaded => said(StatusCode::from_u16(529).unwrap_or_default(), &answers::overloaded()),
        Course::Refused => said(StatusCode::BAD_REQUEST, &answers::refused()),
    }
}

impl StandIn {
    fn use_up(&self, ask: Ask) -> Used {
        Used::by_chance(ask.shape, &mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn said(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Events, the first at once and the others apart.
fn in_pieces(events: Vec<String>, pace: Duration) -> Response {
    let pieces = stream::unfold((events.into_iter(), Duration::ZERO), move |(mut events, pause)| async move {
        let event = events.next()?;
        sleep(pause).await;
        Some((Ok::<_, Infallible>(Bytes::from(format!("data: {event}\n\n"))), (events, pace)))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let events = header::HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, events);
    response
}
