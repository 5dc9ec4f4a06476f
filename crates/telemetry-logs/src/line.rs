//! The line of an event: the documented schema, one object of JSON.

use std::time::SystemTime;

use opentelemetry::{SpanId, TraceId};
use telemetry_core::{Component, Label as _};

use crate::context::{Carried, push_id};
use crate::fields::ID_KEYS;
use crate::level::LogLevel;
use crate::scratch::Scratch;

/// The code of an error that says none.
const UNKNOWN: &str = "UNKNOWN_ERROR";

/// What a line says beside its fields.
pub(crate) struct Head<'a> {
    pub(crate) time: SystemTime,
    pub(crate) level: LogLevel,
    /// As it stands between quotes.
    pub(crate) service: &'a str,
    pub(crate) component: Component,
    pub(crate) trace: TraceId,
    pub(crate) span: SpanId,
    pub(crate) parent: SpanId,
    pub(crate) carried: Option<&'a Carried>,
}

/// Puts the line together of its parts, in the schema's order.
pub(crate) fn assemble(scratch: &mut Scratch, head: &Head<'_>) {
    let mut line = std::mem::take(&mut scratch.line);
    line.push_str("{\"timestamp\":\"");
    scratch.stamp.push(head.time, &mut line);
    line.push_str("\",\"level\":\"");
    line.push_str(head.level.as_str());
    member(&mut line, "message", &scratch.message);
    member(&mut line, "service", head.service);
    member(&mut line, "component", head.component.as_str());
    line.push('"');
    if head.trace != TraceId::INVALID {
        line.push_str(",\"traceId\":\"");
        hexadecimal(&head.trace.to_bytes(), &mut line);
        line.push('"');
        for (key, span) in [(",\"spanId\":\"", head.span), (",\"parentSpanId\":\"", head.parent)] {
            if span != SpanId::INVALID {
                line.push_str(key);
                hexadecimal(&span.to_bytes(), &mut line);
                line.push('"');
            }
        }
    }
    ids(&mut line, scratch, head.carried);
    error(&mut line, scratch);
    if !scratch.duration.is_empty() && scratch.duration != "null" {
        line.push_str(",\"duration\":");
        line.push_str(&scratch.duration);
    }
    if !scratch.data.is_empty() {
        line.push_str(",\"data\":{");
        line.push_str(&scratch.data);
        line.push('}');
    }
    line.push_str("}\n");
    scratch.line = line;
}

/// Ends the text before, and begins another.
fn member(line: &mut String, key: &str, value: &str) {
    line.push_str("\",\"");
    line.push_str(key);
    line.push_str("\":\"");
    line.push_str(value);
}

fn ids(line: &mut String, scratch: &Scratch, carried: Option<&Carried>) {
    if scratch.has_id.iter().all(|has| !has) {
        line.push_str(carried.map_or("", |carried| &carried.rendered));
        return;
    }
    for (at, key) in ID_KEYS.iter().enumerate() {
        if scratch.has_id[at] {
            push_id(key, &scratch.ids[at], line);
        } else if let Some(id) = carried.and_then(|carried| carried.ids[at].as_deref()) {
            push_id(key, id, line);
        }
    }
}

fn error(line: &mut String, scratch: &Scratch) {
    let parts = [&scratch.error_code, &scratch.error_message, &scratch.error_type, &scratch.error_stack];
    if parts.iter().all(|part| part.is_empty()) && scratch.error_details.is_empty() {
        return;
    }
    let [code, message, kind, stack] = parts;
    let (code, kind) = match (code.is_empty(), kind.is_empty()) {
        (false, _) => (code.as_str(), kind.as_str()),
        (true, false) => (kind.as_str(), ""),
        (true, true) => (UNKNOWN, ""),
    };
    let message = if message.is_empty() { &scratch.message } else { message };
    line.push_str(",\"error\":{\"code\":\"");
    line.push_str(code);
    member(line, "message", message);
    if !stack.is_empty() {
        member(line, "stack", stack);
    }
    line.push('"');
    if !kind.is_empty() || !scratch.error_details.is_empty() {
        line.push_str(",\"details\":{");
        line.push_str(&scratch.error_details);
        if !kind.is_empty() {
            line.push_str(if scratch.error_details.is_empty() { "\"type\":\"" } else { ",\"type\":\"" });
            line.push_str(kind);
            line.push('"');
        }
        line.push('}');
    }
    line.push('}');
}

fn hexadecimal(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}
