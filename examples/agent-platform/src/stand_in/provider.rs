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
use super::switchboard::{Fault, Switchboard};
use crate::check::{AskedModel, Ledger, Used, spent};

/// By which clients say how often they were refused.
const RETRY_COUNT: &str = "x-stainless-retry-count";
/// When to try again after a rate limit.
const RETRY_AFTER_MS: &str = "40";
/// How long the pieces of an answer are apart, and those of a slow one.
const PACE: Duration = Duration::from_millis(15);
const SLOW_PACE: Duration = Duration::from_secs(30);
/// How often an answer that takes its time shows that it is to come.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

struct Provider {
    random: Mutex<Rng>,
    ledger: Arc<Ledger>,
    /// When the load is over.
    over: CancellationToken,
    switchboard: Arc<Switchboard>,
}

/// All providers in one.
pub(crate) fn provider_routes(
    seed: u64,
    ledger: Arc<Ledger>,
    over: CancellationToken,
    switchboard: Arc<Switchboard>,
) -> Router {
    let provider = Provider { random: Mutex::new(Rng::with_seed(seed)), ledger, over, switchboard };
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
    if request.shape == Shape::Messages && provider.switchboard.is_on(Fault::ProviderOutage) {
        noted.failed("server_error");
        return said(StatusCode::SERVICE_UNAVAILABLE, &answers::overloaded());
    }
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
        Course::Scripted => play(provider, request),
    }
}

/// Does in an agent's conversation what the script of its task has next.
fn play(provider: Arc<Provider>, request: Request) -> Response {
    match script::next(&request.body) {
        Some(Says::Calls(tools)) => said(StatusCode::OK, &provider.go_on(&request, tools)),
        Some(Says::Nothing) => said(StatusCode::OK, &provider.go_on(&request, &[])),
        Some(Says::NothingAtTheEnd) => at_the_end(provider, request),
        Some(Says::Refuses) => {
            request.noted(&provider.ledger).failed("auth");
            said(StatusCode::UNAUTHORIZED, &answers::unauthorized())
        }
        None => said(StatusCode::NOT_FOUND, &Value::Null),
    }
}

/// Says nothing but that it is at work until the load is over, and not even that while a fault is on.
fn at_the_end(provider: Arc<Provider>, request: Request) -> Response {
    let pieces = stream::unfold(Some((provider, request)), |asked| async move {
        let (provider, request) = asked?;
        let at_work = async {
            sleep(SIGN_OF_LIFE).await;
            provider.switchboard.off(Fault::StuckAgent).await;
        };
        let is_at_work = provider.over.run_until_cancelled(at_work).await;
        Some(match is_at_work {
            Some(()) => (Ok::<_, Infallible>(Bytes::from_static(b"\n")), Some((provider, request))),
            None => (Ok(provider.go_on(&request, &[]).to_string().into()), None),
        })
    });
    let mut response = Response::new(Body::from_stream(pieces));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

impl Provider {
    fn use_up(&self, shape: Shape) -> Used {
        answers::used(shape, &mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The next answer in a conversation, which asks for these tools.
    fn go_on(&self, request: &Request, tools: &[&str]) -> Value {
        let used = self.use_up(request.shape);
        request.noted(&self.ledger).answered(used, true);
        spent(&self.ledger, request.body["user"].as_str().unwrap_or_default(), used);
        answers::in_conversation(&request.model, used, &script::calls(tools))
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
