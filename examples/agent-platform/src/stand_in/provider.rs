//! A stand-in for providers of models, over real HTTP: it plays along with the prompt, and notes what it gave.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use fastrand::Rng;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde_json::Value;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::answers::{self, Shape};
use super::course::Course;
use super::script::{self, Says};
use crate::check::{AskedModel, Ledger, Used, spent};

/// By which clients say how often they were refused.
const RETRY_COUNT: &str = "x-stainless-retry-count";
/// When to try again after a rate limit.
const RETRY_AFTER_MS: &str = "40";
/// How long the pieces of an answer are apart, and those of a slow one.
const PACE: Duration = Duration::from_millis(15);
const SLOW_PACE: Duration = Duration::from_secs(30);

struct Provider {
    random: Mutex<Rng>,
    ledger: Arc<Ledger>,
    /// When the load is over.
    over: CancellationToken,
}

/// All providers in one.
pub(crate) fn provider_routes(seed: u64, ledger: Arc<Ledger>, over: CancellationToken) -> Router {
    let provider = Provider { random: Mutex::new(Rng::with_seed(seed)), ledger, over };
    Router::new().fallback(answer).with_state(Arc::new(provider))
}

/// What is asked, as the address and the body tell it.
struct Request {
    shape: Shape,
    model: String,
    is_streamed: bool,
    course: Course,
    body: Value,
}

impl Request {
    fn read(path: &str, body: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(body).ok()?;
        let course = Course::of(body)?;
        if let Some((model, verb)) = path.strip_prefix("/v1beta/models/").and_then(|rest| rest.split_once(':')) {
            let is_streamed = verb == "streamGenerateContent";
            return Some(Self {
                shape: Shape::GenerateContent,
                model: model.to_owned(),
                is_streamed,
                course,
                body: json,
            });
        }
        let shape = match path {
            "/v1/chat/completions" => Shape::Chat,
            "/v1/responses" => Shape::Responses,
            "/v1/messages" => Shape::Messages,
            _ => return None,
        };
        let is_streamed = json["stream"].as_bool().unwrap_or_default();
        Some(Self { shape, model: json["model"].as_str()?.to_owned(), is_streamed, course, body: json })
    }

    fn noted<'a>(&'a self, ledger: &'a Ledger) -> AskedModel<'a> {
        let provider = match self.shape {
            Shape::Chat | Shape::Responses => "openai",
            Shape::Messages => "anthropic",
            Shape::GenerateContent => "gemini",
        };
        AskedModel { ledger, provider, model: &self.model, is_streamed: self.is_streamed }
    }
}

async fn answer(State(provider): State<Arc<Provider>>, uri: Uri, headers: HeaderMap, body: String) -> Response {
    let Some(request) = Request::read(uri.path(), &body) else { return said(StatusCode::NOT_FOUND, &Value::Null) };
    let noted = request.noted(&provider.ledger);
    let is_first = headers.get(RETRY_COUNT).is_none_or(|count| count == "0");
    match request.course {
        Course::Limited if is_first => {
            noted.limited();
            let mut refusal = said(StatusCode::TOO_MANY_REQUESTS, &answers::limited());
            refusal.headers_mut().insert("retry-after-ms", HeaderValue::from_static(RETRY_AFTER_MS));
            refusal
        }
        Course::Answered | Course::Limited => {
            let used = provider.use_up(request.shape);
            // Whoever tries again does so without the middleware that a factory makes.
            noted.answered(used, request.course == Course::Answered);
            if request.is_streamed {
                in_pieces(answers::streamed(request.shape, &request.model, used), PACE)
            } else {
                said(StatusCode::OK, &answers::whole(request.shape, &request.model, used))
            }
        }
        Course::Slow | Course::Left => {
            // What these use is never told.
            let used = provider.use_up(request.shape);
            match request.course {
                Course::Left => noted.left(),
                _ => noted.too_slow(),
            }
            in_pieces(answers::streamed(request.shape, &request.model, used), SLOW_PACE)
        }
        Course::Overloaded => {
            noted.failed("server_error");
            said(StatusCode::from_u16(529).unwrap_or_default(), &answers::overloaded())
        }
        Course::Refused => {
            noted.failed("auth");
            said(StatusCode::BAD_REQUEST, &answers::refused())
        }
        Course::Scripted => play(&provider, &request, noted).await,
    }
}

/// Does in an agent's conversation what the script of its task has next.
async fn play(provider: &Provider, request: &Request, noted: AskedModel<'_>) -> Response {
    let tools = match script::next(&request.body) {
        Some(Says::Calls(tools)) => tools,
        Some(Says::Nothing) => &[],
        Some(Says::NothingAtTheEnd) => {
            provider.over.cancelled().await;
            &[]
        }
        Some(Says::Refuses) => {
            noted.failed("auth");
            return said(StatusCode::UNAUTHORIZED, &answers::unauthorized());
        }
        None => return said(StatusCode::NOT_FOUND, &Value::Null),
    };
    let used = provider.use_up(request.shape);
    noted.answered(used, true);
    spent(&provider.ledger, request.body["user"].as_str().unwrap_or_default(), used);
    said(StatusCode::OK, &answers::in_conversation(&request.model, used, &script::calls(tools)))
}

impl Provider {
    fn use_up(&self, shape: Shape) -> Used {
        answers::used(shape, &mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn said(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
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
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}
