//! Names of events: those that an application gave stay, and the places that `tracing` takes in their stead go, which change
//! with every edit of a file.

use std::borrow::Cow;

use opentelemetry::Value;
use opentelemetry::logs::LogRecord as _;
use opentelemetry::trace::Event;
use opentelemetry_sdk::logs::SdkLogRecord;

/// A record without a name is one that is no event, in OpenTelemetry's words.
const NONE: &str = "";

/// Takes the name off a record that nobody gave one.
pub(super) fn of_record(record: &mut SdkLogRecord) {
    if record.event_name().is_some_and(is_place) {
        record.set_event_name(NONE);
    }
}

/// Names an event of a span, which has to have a name, after the module that it is of, where it has no message.
pub(super) fn of_span_event(event: &mut Event) {
    if is_place(&event.name) {
        let target = event.attributes.iter().find(|attribute| attribute.key.as_str() == "target");
        event.name = match target.map(|target| &target.value) {
            Some(Value::String(target)) => Cow::Owned(target.as_str().to_owned()),
            _ => Cow::Borrowed("event"),
        };
    }
}

/// `event src/orders.rs:27`, as `tracing` names whatever has no name.
fn is_place(name: &str) -> bool {
    let place = name.strip_prefix("event ").and_then(|place| place.rsplit_once(':'));
    place.is_some_and(|(_, line)| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()))
}
