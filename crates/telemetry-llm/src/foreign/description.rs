//! What the fields of a span have said of a call so far.

use std::fmt::{self, Write as _};
use std::time::Duration;

use telemetry_core::text;
use tracing::field::{Field, Visit};

use super::failure::Wrong;
use super::names::{OPERATION, Work};
use super::tokens::{Count, Tokens};
use crate::gen_ai::CHAT;

/// What a span has said so far. Of texts no more is held than of a name.
#[derive(Debug, Default)]
pub(super) struct Description {
    pub(super) work: Work,
    pub(super) provider: Option<String>,
    pub(super) request_model: Option<String>,
    pub(super) response_model: Option<String>,
    pub(super) service_tier: Option<String>,
    pub(super) tokens: Tokens,
    /// How long the first piece of the answer took.
    pub(super) first_chunk: Option<Duration>,
    /// Something came of the model.
    pub(super) is_answered: bool,
    pub(super) wrong: Wrong,
}

/// What a field says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Operation,
    Provider,
    RequestModel,
    ResponseModel,
    ServiceTier,
    FirstChunk,
    /// Whatever it says, there was an answer.
    Answer,
    ErrorType,
    Error,
    SpanStatus,
    Status,
    Tokens(Count),
}

impl Place {
    fn of(field: &str) -> Option<Self> {
        Some(match field {
            OPERATION => Self::Operation,
            "gen_ai.provider.name" | "gen_ai.system" => Self::Provider,
            "gen_ai.request.model" => Self::RequestModel,
            "gen_ai.response.model" => Self::ResponseModel,
            "gen_ai.openai.response.service_tier" | "openai.response.service_tier" => Self::ServiceTier,
            "gen_ai.response.time_to_first_chunk" => Self::FirstChunk,
            "gen_ai.response.id"
            | "gen_ai.response.finish_reasons"
            | "gen_ai.response.finish_reason"
            | "gen_ai.output.messages"
            | "gen_ai.completion" => Self::Answer,
            "error.type" | "exception.type" => Self::ErrorType,
            "error" => Self::Error,
            "otel.status_code" => Self::SpanStatus,
            "http.response.status_code" => Self::Status,
            _ => Self::Tokens(Count::of(field)?),
        })
    }
}

impl Description {
    /// The call's operation, if this tells of a call. A span that does not say what it does, or by a name that nobody
    /// knows, is one where it names a model and says what that used, or that it failed.
    pub(super) fn operation(&self) -> Option<&'static str> {
        match self.work {
            Work::Call(operation) => Some(operation),
            Work::Unknown if self.model().is_some() && (self.tokens.are_any() || self.wrong.is_told()) => Some(CHAT),
            Work::Unknown | Work::Tool | Work::Other => None,
        }
    }

    /// Whether it may tell of a call yet, by what is still to be said.
    pub(super) fn may_be_call(&self) -> bool {
        matches!(self.work, Work::Call(_)) || self.work == Work::Unknown && self.model().is_some()
    }

    /// The model that was called, or else the one that answered.
    pub(super) fn model(&self) -> Option<&str> {
        self.request_model.as_deref().or(self.response_model.as_deref())
    }

    /// Takes over what was said since.
    pub(super) fn update(&mut self, since: Self) {
        if since.work != Work::Unknown {
            self.work = since.work;
        }
        let texts = [
            (&mut self.provider, since.provider),
            (&mut self.request_model, since.request_model),
            (&mut self.response_model, since.response_model),
            (&mut self.service_tier, since.service_tier),
        ];
        for (text, since) in texts {
            *text = since.or(text.take());
        }
        self.tokens.update(since.tokens);
        self.first_chunk = since.first_chunk.or(self.first_chunk);
        self.is_answered |= since.is_answered;
        self.wrong.update(since.wrong);
    }

    /// Takes over what a call within it said that did not say what was used: it is the same call.
    pub(super) fn take_in(&mut self, within: Self) {
        if self.work == Work::Unknown {
            self.work = within.work;
        }
        self.provider = self.provider.take().or(within.provider);
        self.request_model = self.request_model.take().or(within.request_model);
        self.response_model = self.response_model.take().or(within.response_model);
        self.is_answered |= within.is_answered;
    }

    fn number(&mut self, place: Place, number: u64) {
        match place {
            Place::Tokens(count) => self.tokens.note(count, number),
            Place::Status => self.wrong.status = u16::try_from(number).ok(),
            Place::ErrorType => self.wrong.kind = Some(number.to_string()),
            Place::FirstChunk => self.first_chunk = Some(Duration::from_secs(number)),
            _ => {}
        }
    }

    fn text(&mut self, place: Place, said: &str) {
        let said = bare(said);
        if said.is_empty() {
            return;
        }
        let name = || Some(text::cut(said, text::NAME).into_owned());
        match place {
            Place::Operation => self.work = Work::of(said),
            Place::Provider => self.provider = name(),
            Place::RequestModel => self.request_model = name(),
            Place::ResponseModel => {
                self.response_model = name();
                self.is_answered = true;
            }
            Place::ServiceTier => self.service_tier = name(),
            Place::Answer => self.is_answered = true,
            Place::ErrorType => self.wrong.kind = name(),
            Place::Error => self.wrong.is_error = Some(!matches!(said, "false" | "None")),
            Place::SpanStatus if said.eq_ignore_ascii_case("error") => self.wrong.is_error = Some(true),
            Place::SpanStatus | Place::FirstChunk => {}
            Place::Status | Place::Tokens(_) => {
                if let Ok(number) = said.parse() {
                    self.number(place, number);
                }
            }
        }
    }
}

/// A text as `Debug` shows it, without what that puts around it.
fn bare(said: &str) -> &str {
    let said = said.strip_prefix("Some(").and_then(|inner| inner.strip_suffix(')')).unwrap_or(said);
    said.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(said).trim()
}

impl Visit for Description {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if let Some(place) = Place::of(field.name()) {
            self.number(place, value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        // A negative number is how some say that they have none.
        if let Ok(value) = u64::try_from(value) {
            self.record_u64(field, value);
        }
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.record_u64(field, u64::try_from(value).unwrap_or(u64::MAX));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        if let Ok(value) = u128::try_from(value) {
            self.record_u128(field, value);
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match Place::of(field.name()) {
            Some(Place::FirstChunk) => self.first_chunk = Duration::try_from_secs_f64(value).ok(),
            Some(place) if value >= 0.0 => self.number(place, value.round() as u64),
            _ => {}
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if Place::of(field.name()) == Some(Place::Error) {
            self.wrong.is_error = Some(value);
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if let Some(place) = Place::of(field.name()) {
            self.text(place, value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match Place::of(field.name()) {
            // It may be long, and what it says is of no interest.
            Some(Place::Answer) => self.is_answered = true,
            Some(place) => {
                let mut beginning = Beginning(String::new());
                let _is_cut = write!(beginning, "{value:?}");
                self.text(place, &beginning.0);
            }
            None => {}
        }
    }
}

/// The beginning of what is written to it: enough to tell that it is longer than a name.
struct Beginning(String);

impl fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        const MOST: usize = text::NAME + 16;
        let room = MOST.saturating_sub(self.0.len());
        let beginning = &text[..text.floor_char_boundary(room.min(text.len()))];
        self.0.push_str(beginning);
        if beginning.len() == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}
