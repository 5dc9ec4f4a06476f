//! The errors that providers send in their bodies.
//!
//! The shapes are those of the providers' error references: OpenAI (`error.type`, `error.code`), Anthropic
//! (`{"type": "error", "error": {"type": …}}`), Gemini (`google.rpc.Status`: `error.status`, `error.details`), AWS
//! (`__type`, and in a stream the exception's own field), xAI and Ollama (`error` is a text), Mistral and vLLM
//! (`{"object": "error", …}`), Groq, OpenRouter and Cloudflare (the error elsewhere), MiniMax (`base_resp`), DashScope
//! (nothing around it).

use std::time::Duration;

use serde_json::Value;

use super::names::{self, Weight};
use super::{phrases, retry_after, status};
use crate::metrics::ErrorType;

/// What a body says of an error.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Told {
    /// The class, by a name or words that stand for one kind of failure only.
    specific: Option<ErrorType>,
    /// The class by the HTTP status that the body repeats, for streams, whose own was 200.
    number: Option<u16>,
    /// The class by words that may stand for it.
    words: Option<ErrorType>,
    /// The class by a name that a server has for whatever it has no other for.
    general: Option<ErrorType>,
    /// A quota is used up that may be one of a window of time.
    is_quota: bool,
    is_of_a_window: bool,
    pub(super) retry_after: Option<Duration>,
    /// The provider's name for it.
    pub(super) name: Option<String>,
}

impl Told {
    /// The class, the most telling first: a specific name, a definite status, words, a general name, any status.
    pub(super) fn class(&self, status: Option<u16>) -> ErrorType {
        // DashScope has the name of a used-up quota for its throttles. A quota that comes back by itself is one.
        if self.is_quota && self.is_of_a_window && status.or(self.number).is_none_or(|status| status == 429) {
            return ErrorType::RateLimit;
        }
        let statuses = || [status, self.number].into_iter().flatten();
        self.specific
            .or_else(|| statuses().find_map(status::definite))
            .or(self.words)
            .or(self.general)
            .or_else(|| statuses().map(status::class).find(|class| *class != ErrorType::Unknown))
            .unwrap_or(ErrorType::Unknown)
    }

    /// Notes a name that stands beside the body: the most telling, where it is known.
    pub(super) fn named(mut self, name: Option<&str>) -> Self {
        if let Some((name, (class, weight))) = name.and_then(|name| Some((name, names::class(name)?))) {
            match weight {
                Weight::Specific => self.specific = Some(class),
                Weight::General => self.general = self.general.or(Some(class)),
            }
            self.name = self.name.or_else(|| name.split(':').next().map(str::to_owned));
        }
        self
    }
}

/// The error in a body, wherever its shape has it; nothing if there is none.
pub(super) fn told(body: &Value) -> Option<Told> {
    let body = first_of_list(body);
    // The event `response.failed` and a failed response of OpenAI.
    let response = body.get("response").unwrap_or(body);
    let error = [body, response].into_iter().find_map(|body| body.get("error").and_then(something));
    // Groq has it beside the usage, OpenRouter within a choice, Cloudflare in a list.
    let of_groq = || body.get("x_groq")?.get("error").and_then(something);
    let of_choice = || body.get("choices")?.as_array()?.iter().find_map(|choice| something(choice.get("error")?));
    let of_list = || body.get("errors").filter(|errors| errors.is_array()).and_then(something);
    if let Some(error) = error.or_else(of_groq).or_else(of_choice).or_else(of_list) {
        return Some(of_error(error, body));
    }
    // The event `error` of OpenAI's responses, and the errors of some others, have the error's fields themselves.
    let is_error = |key: &str| body.get(key).and_then(Value::as_str) == Some("error");
    if is_error("type") || is_error("object") || body.get("__type").is_some() || is_error_alone(body) {
        return Some(of_error(body, body));
    }
    of_minimax(body).or_else(|| exception(body))
}

/// What is an error where its name is: some fill in nothing where there is none. Of a list it is the first.
fn something(error: &Value) -> Option<&Value> {
    match error {
        Value::Null => None,
        Value::Bool(is_one) => is_one.then_some(error),
        Value::String(text) => (!text.is_empty()).then_some(error),
        Value::Array(errors) => errors.first().and_then(something),
        Value::Object(fields) => (!fields.is_empty()).then_some(error),
        Value::Number(_) => Some(error),
    }
}

/// Whether a body is nothing but the fields of an error, as DashScope and Baidu send one under any status.
fn is_error_alone(body: &Value) -> bool {
    const CODES: [&str; 2] = ["code", "error_code"];
    const BESIDE: [&str; 9] =
        ["message", "error_msg", "request_id", "requestId", "id", "status", "type", "param", "details"];
    let Some(fields) = body.as_object() else { return false };
    let is_one = fields.keys().all(|key| CODES.contains(&key.as_str()) || BESIDE.contains(&key.as_str()));
    let has_message = ["message", "error_msg"].iter().any(|key| fields.get(*key).is_some_and(Value::is_string));
    is_one && has_message && CODES.iter().filter_map(|key| fields.get(*key)).any(is_code_of_error)
}

/// Whether a code is none of those by which a server says that all is well.
fn is_code_of_error(code: &Value) -> bool {
    match code {
        Value::Number(number) => !matches!(number.as_u64(), Some(0 | 200)),
        Value::String(text) => !matches!(text.to_ascii_lowercase().as_str(), "" | "0" | "200" | "ok" | "success"),
        _ => false,
    }
}

/// The numbers that MiniMax has for errors, under status 200 (platform.minimax.io, error codes), by their class.
const OF_MINIMAX: [(ErrorType, &[u64]); 5] = [
    (ErrorType::Timeout, &[1001]),
    (ErrorType::RateLimit, &[1002, 1039, 1041, 2045, 2056]),
    (ErrorType::Auth, &[1004, 1008, 2049]),
    (ErrorType::InvalidRequest, &[1026, 1027, 1042, 2013]),
    (ErrorType::ServerError, &[1000, 1013, 1024, 1033]),
];

fn of_minimax(body: &Value) -> Option<Told> {
    let said = body.get("base_resp")?;
    let number = said.get("status_code")?.as_u64().filter(|number| *number != 0)?;
    let class = OF_MINIMAX.iter().find(|(_, numbers)| numbers.contains(&number)).map(|(class, _)| *class);
    Some(Told { specific: class, ..Told::default() })
}

/// The error in the body of an answer whose status says that it is one.
pub(super) fn told_of_refusal(body: &Value) -> Told {
    told(body).unwrap_or_else(|| {
        let body = first_of_list(body);
        of_error(body, body)
    })
}

/// The same, of a body that is no JSON: what it says in words, if it is no page.
pub(super) fn told_of_text(body: &[u8]) -> Told {
    let head = &body[..body.len().min(phrases::LOOKED_AT)];
    match String::from_utf8_lossy(head).trim() {
        page if page.starts_with('<') => Told::default(),
        text => of_error(&Value::from(text), &Value::Null),
    }
}

/// Gemini answers a streamed request with a list.
fn first_of_list(body: &Value) -> &Value {
    body.as_array().map_or(body, |list| list.first().unwrap_or(&Value::Null))
}

/// An exception amid a stream of Bedrock: an event of the exception's name.
fn exception(body: &Value) -> Option<Told> {
    let fields = body.as_object().filter(|fields| fields.len() == 1)?;
    let (name, error) = fields.iter().find(|(name, _)| name.ends_with("Exception"))?;
    Some(of_error(error, error).named(Some(name)))
}

/// What an error says; `body` is what it stands in, which has fields of its own where the error is but a text.
fn of_error(error: &Value, body: &Value) -> Told {
    let empty = Vec::new();
    let details = error.get("details").and_then(Value::as_array).unwrap_or(&empty);
    let field = |value: &'_ Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    // The most telling first: a reason among the details, a code, a status, a type.
    let reasons = details.iter().filter_map(|detail| field(detail, "reason"));
    let listed = error.get("errors").and_then(Value::as_array).into_iter().flatten();
    let listed = listed.filter_map(|error| field(error, "reason"));
    let inner = ["innererror", "inner_error"].into_iter().filter_map(|key| field(error.get(key)?, "code"));
    let own = ["code", "status", "type", "__type"].into_iter().filter_map(|key| field(error, key));
    let outer = ["code", "type", "error_type", "__type"].into_iter().filter_map(|key| field(body, key));
    let named: Vec<_> = reasons
        .chain(listed)
        .chain(inner)
        .chain(own)
        .chain(outer)
        .filter_map(|name| names::class(&name).map(|(class, weight)| (name, class, weight)))
        .collect();
    let of_weight = |wanted: Weight| named.iter().find(|(_, _, weight)| *weight == wanted).map(|(_, class, _)| *class);
    let messages = ["message", "msg", "error_msg", "detail"].into_iter().map(|key| error.get(key));
    let message = [Some(error)].into_iter().chain(messages).chain([body.get("message")]);
    let message = message.flatten().find_map(Value::as_str).unwrap_or_default();
    let metadata = error.get("metadata");
    let is_flagged = metadata.is_some_and(|metadata| metadata.get("flagged_input").is_some());
    let specific =
        is_flagged.then_some(ErrorType::InvalidRequest).or_else(|| phrases::class(message, Weight::Specific));
    let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str());
    let as_number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let number = ["code", "status", "status_code"].into_iter().find_map(|key| as_number(error.get(key)?));
    Told {
        specific: specific.or_else(|| of_weight(Weight::Specific)),
        number: number.and_then(|status| u16::try_from(status).ok()),
        words: phrases::class(message, Weight::General),
        general: of_weight(Weight::General),
        is_quota: named.iter().any(|(name, _, _)| name.eq_ignore_ascii_case("insufficient_quota")),
        is_of_a_window: phrases::is_of_a_window(message),
        retry_after: delay.and_then(retry_after::seconds),
        // One that is known: any other text may quote a prompt, or a key.
        name: named
            .iter()
            .find(|(_, _, weight)| *weight == Weight::Specific)
            .or(named.first())
            .map(|(name, ..)| name.clone()),
    }
}
