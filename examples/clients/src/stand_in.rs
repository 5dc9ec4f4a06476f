//! A provider on loopback that speaks OpenAI's and Anthropic's protocol, and answers as it was told to.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use axum::{Json, Router};
use http::Uri;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What the provider says that it read, for each answer.
pub const PROMPT_TOKENS: u64 = 1200;
/// What the provider says that it wrote, for each answer.
pub const COMPLETION_TOKENS: u64 = 80;

/// What the provider does with one request.
#[derive(Debug, Clone, Copy)]
pub enum Reply {
    /// An answer, streamed where the request asks for that.
    Answer,
    /// Too many requests: the next one may come after 20 ms.
    Busy,
    /// A bill that is not paid. The status alone, 400, does not tell that; the body does, and `retry-after` is 30 s.
    Unpaid,
    /// An answer that is none, and says what no failure may say.
    Garbled,
}

/// What is said to nobody but the application, and may be in no failure.
pub(crate) const CANARY: &str = "canary-answer";

/// The provider.
#[derive(Debug)]
pub struct StandIn {
    address: SocketAddr,
    left: Arc<Mutex<VecDeque<Reply>>>,
}

impl StandIn {
    /// Starts one that replies so, request by request.
    ///
    /// # Errors
    /// There is no port on loopback.
    pub async fn start(replies: &[Reply]) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let left = Arc::new(Mutex::new(replies.iter().copied().collect::<VecDeque<_>>()));
        let script = Arc::clone(&left);
        let app = Router::new().fallback(async move |uri: Uri, Json(request): Json<Value>| {
            let reply = script.lock().expect("nobody panics while holding it").pop_front();
            let is_anthropic = uri.path().ends_with("/messages");
            match reply.expect("it is asked as often as it has replies") {
                Reply::Answer if request["stream"] == true => streamed(is_anthropic, &request),
                Reply::Answer => told(200, &[], &whole(is_anthropic, &request["model"])),
                Reply::Busy => told(429, &[("retry-after-ms", "20")], &error(is_anthropic, BUSY)),
                Reply::Unpaid => told(400, &[("retry-after", "30")], &error(is_anthropic, UNPAID)),
                Reply::Garbled => response(200, &[], format!("{CANARY}\"")),
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { address, left })
    }

    /// Its host and its port.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Where its API is: `http://127.0.0.1:…/v1`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.host())
    }

    /// How many of its replies nobody asked for.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left.lock().expect("nobody panics while holding it").len()
    }

    /// An address where nobody listens.
    ///
    /// # Errors
    /// There is no port on loopback.
    pub async fn nowhere() -> io::Result<SocketAddr> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()
    }
}

/// The names of an error at OpenAI and at Anthropic, and what both say.
type Named = (&'static str, &'static str, &'static str);

const BUSY: Named = ("rate_limit_exceeded", "rate_limit_error", "Rate limit reached");
const UNPAID: Named =
    ("insufficient_quota", "invalid_request_error", "Your credit balance is too low to access the API");

fn error(is_anthropic: bool, (openai, anthropic, message): Named) -> Value {
    if is_anthropic {
        json!({ "type": "error", "error": { "type": anthropic, "message": message } })
    } else {
        json!({ "error": { "message": message, "type": openai, "param": null, "code": openai } })
    }
}

fn told(status: u16, headers: &[(&str, &str)], body: &Value) -> Response {
    response(status, headers, body.to_string())
}

fn response(status: u16, headers: &[(&str, &str)], body: String) -> Response {
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body)).expect("the parts are sound")
}

fn whole(is_anthropic: bool, model: &Value) -> Value {
    if is_anthropic {
        return json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": model,
            "content": [{ "type": "text", "text": "Hello" }], "stop_reason": "end_turn", "stop_sequence": null,
            "usage": { "input_tokens": PROMPT_TOKENS, "output_tokens": COMPLETION_TOKENS },
        });
    }
    let message = json!({ "role": "assistant", "content": "Hello", "refusal": null });
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_760_000_000, "model": model,
        "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": "stop" }],
        "usage": openai_usage(),
    })
}

fn openai_usage() -> Value {
    json!({
        "prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS,
        "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS,
    })
}

/// The events of a stream, each in a piece of its own.
fn streamed(is_anthropic: bool, request: &Value) -> Response {
    let events = if is_anthropic { anthropic_events(&request["model"]) } else { openai_events(request) };
    let pieces = futures_util::stream::iter(events.into_iter().map(Ok::<_, Infallible>));
    Response::builder()
        .header("content-type", "text/event-stream")
        .body(Body::from_stream(pieces))
        .expect("the parts are sound")
}

/// The usage comes only where it was asked for, as OpenAI has it.
fn openai_events(request: &Value) -> Vec<String> {
    let chunk = |choices: Value, usage: Value| {
        let chunk = json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_760_000_000, "model": request["model"],
            "choices": choices, "usage": usage,
        });
        format!("data: {chunk}\n\n")
    };
    let choice = |delta: Value, reason: Value| json!([{ "index": 0, "delta": delta, "finish_reason": reason }]);
    let mut events: Vec<_> = ["Hel", "lo"]
        .map(|text| chunk(choice(json!({ "role": "assistant", "content": text }), Value::Null), Value::Null))
        .into();
    events.push(chunk(choice(json!({}), json!("stop")), Value::Null));
    if request["stream_options"]["include_usage"] == true {
        events.push(chunk(json!([]), openai_usage()));
    }
    events.push("data: [DONE]\n\n".to_owned());
    events
}

fn anthropic_events(model: &Value) -> Vec<String> {
    let message = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": null,
        "stop_sequence": null, "usage": { "input_tokens": PROMPT_TOKENS, "output_tokens": 1 },
    });
    [
        json!({ "type": "message_start", "message": message }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": "Hello" } }),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({
            "type": "message_delta", "delta": { "stop_reason": "end_turn", "stop_sequence": null },
            "usage": { "output_tokens": COMPLETION_TOKENS },
        }),
        json!({ "type": "message_stop" }),
    ]
    .map(|event| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default()))
    .into()
}
