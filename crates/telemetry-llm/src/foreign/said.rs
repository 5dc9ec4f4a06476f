//! What the fields of a span have said of a call so far.

use std::fmt::{self, Write as _};

use telemetry_core::text;
use tracing::field::{Field, Visit};

use super::names::{OPERATION, Work};
use super::tokens::{Count, Tokens};

/// What a span has said so far. Of texts no more is held than of a name.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) work: Work,
    pub(super) provider: Option<String>,
    pub(super) request_model: Option<String>,
    pub(super) response_model: Option<String>,
    pub(super) service_tier: Option<String>,
    pub(super) tokens: Tokens,
    /// Something came of the model.
    pub(super) is_answered: bool,
    pub(super) is_error: bool,
    pub(super) error_type: Option<String>,
    pub(super) status: Option<u16>,
}

/// What a field says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Operation,
    Provider,
    RequestModel,
    ResponseModel,
    ServiceTier,
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
            "gen_ai.response.id"
            | "gen_ai.response.finish_reasons"
            | "gen_ai.response.finish_reason"
            | "gen_ai.output.messages"
            | "gen_ai.completion" => Self::Answer,
            "error.type" => Self::ErrorType,
            "error" => Self::Error,
            "otel.status_code" => Self::SpanStatus,
            "http.response.status_code" => Self::Status,
            _ => Self::Tokens(Count::of(field)?),
        })
    }
}

impl Said {
    /// Whether it failed, as far as it says.
    pub(super) fn has_failed(&self) -> bool {
        self.is_error || self.error_type.is_some() || self.status.is_some_and(|status| status >= 400)
    }

    fn number(&mut self, place: Place, number: u64) {
        match place {
            Place::Tokens(count) => self.tokens.note(count, number),
            Place::Status => self.status = u16::try_from(number).ok(),
            Place::ErrorType => self.error_type = Some(number.to_string()),
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
            Place::ErrorType => self.error_type = name(),
            Place::Error => self.is_error = !matches!(said, "false" | "None"),
            Place::SpanStatus => self.is_error |= said.eq_ignore_ascii_case("error"),
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

impl Visit for Said {
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
        if value >= 0.0 {
            self.record_u64(field, value.round() as u64);
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if Place::of(field.name()) == Some(Place::Error) {
            self.is_error = value;
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
