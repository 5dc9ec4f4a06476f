//! What the fields of one event become, in buffers that each thread keeps.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::ops::Range;

use telemetry_core::mask::{Masker, REDACTED, is_key_of_name, is_key_of_value};
use telemetry_core::{Component, error_message};
use tracing::field::{Field, Visit};

use crate::escape::escape;
use crate::fields::{IDS, Place};
use crate::nested::{mask_document, take_is_json};
use crate::settings::component;
use crate::timestamp::Stamp;

/// The most bytes of one text; what is longer is cut.
const LONGEST: usize = 32 * 1024;
/// The most bytes of all data of a line; fields beyond are left out, and that is said.
const MOST_DATA: usize = 256 * 1024;

/// The parts of a line, each as it stands in it, and the line itself.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) line: String,
    pub(crate) message: String,
    pub(crate) component: Option<Component>,
    pub(crate) ids: [String; IDS],
    pub(crate) has_id: [bool; IDS],
    /// `"key":value`, separated by commas.
    pub(crate) data: String,
    pub(crate) duration: String,
    pub(crate) error_code: String,
    pub(crate) error_type: String,
    pub(crate) error_message: String,
    pub(crate) error_stack: String,
    pub(crate) error_details: String,
    pub(crate) stamp: Stamp,
    /// The code as it was said, for the count.
    pub(crate) code: String,
    /// A value as its `Debug` writes it.
    text: String,
    /// Whether a field named a secret whose value another field may be.
    names_secret: bool,
    /// A value that stands in the data, whose name is not known yet.
    unnamed: Option<Range<usize>>,
    /// Whether fields were left out.
    is_full: bool,
}

impl Scratch {
    /// With data and the code of an error, as they stand in a line.
    pub(crate) fn of(data: String, error_code: String) -> Self {
        Self { data, error_code, ..Self::default() }
    }

    pub(crate) fn clear(&mut self) {
        for part in [
            &mut self.line,
            &mut self.message,
            &mut self.data,
            &mut self.duration,
            &mut self.error_code,
            &mut self.error_type,
            &mut self.error_message,
            &mut self.error_stack,
            &mut self.error_details,
            &mut self.code,
        ] {
            part.clear();
        }
        (self.has_id, self.component) = ([false; IDS], None);
        (self.names_secret, self.unnamed, self.is_full) = (false, None, false);
        let _of_another_event = take_is_json();
    }

    /// Gives back what one large event took.
    pub(crate) fn shrink(&mut self) {
        const KEPT: usize = 64 * 1024;
        for part in [&mut self.line, &mut self.data, &mut self.text, &mut self.message, &mut self.error_stack] {
            if part.capacity() > KEPT {
                *part = String::new();
            }
        }
    }

    pub(crate) fn fields<'a>(&'a mut self, masker: &'a Masker) -> Fields<'a> {
        Fields { scratch: self, masker }
    }
}

/// Puts fields where they belong, without secrets.
pub(crate) struct Fields<'a> {
    scratch: &'a mut Scratch,
    masker: &'a Masker,
}

impl Fields<'_> {
    fn text(&mut self, name: &str, value: &str) {
        let masker = self.masker;
        let scratch = &mut *self.scratch;
        match Place::of(name) {
            Place::Message => masked(masker, value, &mut scratch.message),
            Place::Component => match component(value) {
                Some(component) => scratch.component = Some(component),
                None => self.data(name, value),
            },
            Place::Id(id) => {
                scratch.ids[id].clear();
                escape(&masker.id(near(value)), &mut scratch.ids[id]);
                scratch.has_id[id] = !scratch.ids[id].is_empty();
            }
            Place::ErrorCode => {
                scratch.code.clear();
                // It becomes a label.
                scratch.code.push_str(&masker.text(near(value)));
                masked(masker, value, &mut scratch.error_code);
            }
            Place::ErrorType => masked(masker, value, &mut scratch.error_type),
            Place::ErrorMessage => masked(masker, value, &mut scratch.error_message),
            Place::ErrorStack => masked(masker, value, &mut scratch.error_stack),
            Place::ErrorDetail(key) => {
                let value = if masker.is_secret_name(key) { REDACTED } else { value };
                begin(key, &mut scratch.error_details);
                quoted(masker, value, &mut scratch.error_details);
            }
            Place::Nowhere => {}
            // A number is expected there.
            Place::Duration => self.data(name, value),
            Place::Data(key) => self.data(key, value),
        }
    }

    /// A text among the data, which may also be the name or the value of a pair that two fields make.
    fn data(&mut self, key: &str, value: &str) {
        if self.is_full() {
            return;
        }
        let (masker, scratch) = (self.masker, &mut *self.scratch);
        begin(key, &mut scratch.data);
        let start = scratch.data.len();
        if is_key_of_value(key) {
            let value = if scratch.names_secret || masker.is_secret_name(key) { REDACTED } else { value };
            quoted(masker, value, &mut scratch.data);
            scratch.unnamed = Some(start..scratch.data.len());
            return;
        }
        let value = if masker.is_secret_name(key) { REDACTED } else { value };
        quoted(masker, value, &mut scratch.data);
        if is_key_of_name(key) && !value.contains(' ') && masker.is_secret_name(value) {
            scratch.names_secret = true;
            if let Some(unnamed) = scratch.unnamed.take() {
                scratch.data.replace_range(unnamed, "\"[redacted]\"");
            }
        }
    }

    /// A value that is no text: as JSON has it.
    fn plain(&mut self, name: &str, value: fmt::Arguments<'_>) {
        let scratch = &mut *self.scratch;
        match Place::of(name) {
            Place::Duration => {
                scratch.duration.clear();
                let _ = scratch.duration.write_fmt(value);
            }
            Place::Nowhere => {}
            Place::Data(key) => {
                if self.is_full() {
                    return;
                }
                let scratch = &mut *self.scratch;
                begin(key, &mut scratch.data);
                let is_value = scratch.names_secret && is_key_of_value(key);
                if is_value || self.masker.is_secret_name(key) {
                    scratch.data.push_str("\"[redacted]\"");
                } else {
                    let _ = scratch.data.write_fmt(value);
                }
            }
            Place::ErrorDetail(key) => {
                begin(key, &mut scratch.error_details);
                let _ = match self.masker.is_secret_name(key) {
                    true => scratch.error_details.write_str("\"[redacted]\""),
                    false => scratch.error_details.write_fmt(value),
                };
            }
            _ => {
                let mut text = std::mem::take(&mut scratch.text);
                text.clear();
                let _ = text.write_fmt(value);
                self.text(name, &text);
                self.scratch.text = text;
            }
        }
    }

    /// A document of JSON, as it is.
    fn document(&mut self, name: &str, document: &str) {
        let out = match Place::of(name) {
            Place::Data(key) if !self.masker.is_secret_name(key) => {
                if self.is_full() {
                    return;
                }
                begin(key, &mut self.scratch.data);
                &mut self.scratch.data
            }
            Place::ErrorDetail(key) if !self.masker.is_secret_name(key) => {
                begin(key, &mut self.scratch.error_details);
                &mut self.scratch.error_details
            }
            _ => return self.text(name, document),
        };
        match mask_document(document, self.masker) {
            Some(document) if document.len() <= LONGEST => out.push_str(&document),
            _ => quoted(self.masker, document, out),
        }
    }

    /// Whether no more data fits, which the first time is said.
    fn is_full(&mut self) -> bool {
        let scratch = &mut *self.scratch;
        if scratch.data.len() < MOST_DATA {
            return false;
        }
        if !std::mem::replace(&mut scratch.is_full, true) {
            begin("truncated", &mut scratch.data);
            scratch.data.push_str("true");
        }
        true
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = std::mem::take(&mut self.scratch.text);
        text.clear();
        // A value that cannot be written has said what it could.
        let _ = write!(text, "{value:?}");
        if take_is_json() {
            self.document(field.name(), &text);
        } else {
            self.text(field.name(), &text);
        }
        self.scratch.text = text;
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.text(field.name(), &error_message(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field.name(), format_args!("{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field.name(), format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field.name(), format_args!("{value}"));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.plain(field.name(), format_args!("{value}"));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.plain(field.name(), format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match value.is_finite() {
            true => self.plain(field.name(), format_args!("{value}")),
            // JSON has no such number.
            false => self.plain(field.name(), format_args!("null")),
        }
    }
}

/// Begins a member of an object.
fn begin(key: &str, out: &mut String) {
    if !out.is_empty() {
        out.push(',');
    }
    out.push('"');
    escape(key, out);
    out.push_str("\":");
}

fn quoted(masker: &Masker, value: &str, out: &mut String) {
    out.push('"');
    append(masker, value, out);
    out.push('"');
}

/// Puts a text in the place of what is there.
fn masked(masker: &Masker, value: &str, out: &mut String) {
    out.clear();
    append(masker, value, out);
}

fn append(masker: &Masker, value: &str, out: &mut String) {
    let part = near(value);
    match masker.text(part) {
        Cow::Borrowed(text) => escape(text, out),
        Cow::Owned(text) => escape(&text, out),
    }
    if part.len() < value.len() {
        out.push('…');
    }
}

/// As much of a text as is taken. Half a word may be half a secret, which no masker knows.
pub(crate) fn near(value: &str) -> &str {
    if value.len() <= LONGEST {
        return value;
    }
    let part = &value[..value.floor_char_boundary(LONGEST)];
    part.rfind(char::is_whitespace).map_or(part, |at| &part[..at])
}
