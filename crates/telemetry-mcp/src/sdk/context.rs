//! The trace's context in the `_meta` of messages.

use std::mem;

use opentelemetry::Context;
use rmcp::model::{JsonObject, RequestMetaObject};
use serde_json::Value;
use telemetry_core::propagation::{self, Carrier, Destinations};

/// The `_meta` of a message as a carrier of context: `traceparent`, `tracestate` and `baggage` stand in it unprefixed.
///
/// ```
/// use telemetry_core::propagation;
/// use telemetry_mcp::sdk::MetaCarrier;
///
/// let mut carrier = MetaCarrier::default();
/// propagation::inject_current(&mut carrier); // for a request that the adapters do not make
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetaCarrier(pub JsonObject);

// What is no text must not look as if it were absent, so this stands for it; no header may contain it.
const NO_TEXT: &str = "\u{fffd}";

impl Carrier for MetaCarrier {
    fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    fn lines(&self, name: &str) -> Vec<&str> {
        let named = self.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str().unwrap_or(NO_TEXT)).collect()
    }

    fn set(&mut self, name: &str, value: String) {
        Carrier::remove(self, name);
        self.0.insert(name.to_ascii_lowercase(), Value::String(value));
    }

    fn remove(&mut self, name: &str) {
        self.0.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }
}

/// Writes the context into a request's `_meta`, which stays absent where there is nothing to write.
pub(super) fn inject(context: &Context, meta: &mut Option<RequestMetaObject>) {
    let mut carrier = MetaCarrier(meta.as_mut().map(|meta| mem::take(&mut meta.0.0)).unwrap_or_default());
    // A server is no host: what stands in the settings for all of them.
    propagation::inject_allowed(context, Destinations::global().allow(None, None), &mut carrier);
    if meta.is_some() || !carrier.0.is_empty() {
        *meta = Some(carrier.0.into());
    }
}

/// The context that a request came with.
pub(super) fn extract(meta: &mut RequestMetaObject) -> Context {
    let carrier = MetaCarrier(mem::take(&mut meta.0.0));
    let context = propagation::extract(&carrier);
    meta.0.0 = carrier.0;
    context
}
