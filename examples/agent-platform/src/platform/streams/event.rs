//! An event as executions publish it.

use std::time::SystemTime;

use serde_json::{Map, Value, json};
use telemetry_stream::Producer;

/// An event as JSON, which carries the span that it was published in to whoever follows it.
pub(crate) fn event(event_type: &str, text: &str, producer: Option<&Producer>) -> Value {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut event = Map::new();
    event.insert("type".to_owned(), event_type.into());
    event.insert("timestamp".to_owned(), json!(u64::try_from(since.as_millis()).unwrap_or_default()));
    event.insert("text".to_owned(), text.into());
    if let Some(producer) = producer {
        producer.put_into(&mut event);
    }
    Value::Object(event)
}
