//! Secrets taken out of what the console prints.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use serde_json::Value;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::{DefaultFields, FormatFields, Writer};

use crate::mask::Masker;

/// The fields of an event or a span for people, as they stand in a line.
#[derive(Debug)]
pub(super) struct MaskedFields {
    masker: Masker,
    fields: DefaultFields,
}

impl MaskedFields {
    pub(super) fn new(masker: &Masker) -> Self {
        Self { masker: masker.clone(), fields: DefaultFields::new() }
    }
}

impl<'writer> FormatFields<'writer> for MaskedFields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        // Colours would stand between a name and its value.
        let mut plain = String::new();
        self.fields.format_fields(Writer::new(&mut plain), &fields)?;
        match self.masker.text(&plain) {
            Cow::Owned(masked) => writer.write_str(&masked),
            Cow::Borrowed(_) if writer.has_ansi_escapes() => self.fields.format_fields(writer, fields),
            Cow::Borrowed(plain) => writer.write_str(plain),
        }
    }
}

/// Standard error for lines of JSON, each of which is one document.
#[derive(Debug)]
pub(super) struct MaskedLines(Masker);

impl MaskedLines {
    pub(super) fn new(masker: &Masker) -> Self {
        Self(masker.clone())
    }
}

impl<'a> MakeWriter<'a> for MaskedLines {
    type Writer = MaskedLine<'a>;

    fn make_writer(&'a self) -> MaskedLine<'a> {
        MaskedLine(&self.0)
    }
}

/// Takes one line in one piece.
pub(super) struct MaskedLine<'a>(&'a Masker);

impl Write for MaskedLine<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut out = io::stderr();
        match serde_json::from_slice::<Value>(line) {
            Ok(mut event) => {
                if self.0.document(&mut event) {
                    out.write_all(format!("{event}\n").as_bytes())?;
                } else {
                    out.write_all(line)?;
                }
            }
            // What tracing-subscriber says of an event that it cannot write.
            Err(_) => out.write_all(self.0.text(&String::from_utf8_lossy(line)).as_bytes())?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
