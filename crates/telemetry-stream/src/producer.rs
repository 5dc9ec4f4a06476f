//! The context in which an event was produced, in the forms in which brokers carry it.

use opentelemetry::trace::SpanContext;
use serde_json::{Map, Value, json};
use telemetry_core::propagation::{Carrier, TraceContext, current};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";
/// The member of an event that holds its producer's context.
const TRACE: &str = "_trace";
/// The header of Temporal's SDKs that holds the context, as a JSON object of W3C headers.
const TEMPORAL_HEADER: &str = "_tracer-data";

/// The context in which an event was produced: the span of an event links to it.
///
/// Whatever it is read from, only a valid W3C context counts.
///
/// ```
/// use telemetry_stream::Producer;
///
/// let event = serde_json::json!({
///     "type": "chunk",
///     "_trace": { "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "traceFlags": 1 },
/// });
/// let producer = Producer::from_json(&event).expect("the object is complete");
/// assert_eq!(producer.traceparent(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Producer(TraceContext);

impl Producer {
    /// The span that is active here: for whoever publishes an event.
    #[must_use]
    pub fn current() -> Option<Self> {
        TraceContext::from_context(&current()).map(Self)
    }

    /// From the headers of the request or message that brought the event.
    #[must_use]
    pub fn from_headers(headers: &(impl Carrier + ?Sized)) -> Option<Self> {
        Self::parse(&headers.lines(TRACEPARENT), &headers.lines(TRACESTATE))
    }

    /// From the fields of an entry of a Redis stream: `traceparent` and `tracestate`, or `_trace` as JSON.
    #[must_use]
    pub fn from_redis<N: AsRef<[u8]>, V: AsRef<[u8]>>(fields: impl IntoIterator<Item = (N, V)>) -> Option<Self> {
        let (mut parents, mut states, mut object) = (Vec::new(), Vec::new(), None);
        for (name, value) in fields {
            // A value that is no text is no valid one either, and must not look as if it were absent.
            let text = || str::from_utf8(value.as_ref()).unwrap_or("\u{fffd}").to_owned();
            match name.as_ref() {
                name if name.eq_ignore_ascii_case(TRACEPARENT.as_bytes()) => parents.push(text()),
                name if name.eq_ignore_ascii_case(TRACESTATE.as_bytes()) => states.push(text()),
                name if name == TRACE.as_bytes() => object = serde_json::from_slice::<Value>(value.as_ref()).ok(),
                _ => {}
            }
        }
        if parents.is_empty() {
            return Self::from_object(object.as_ref()?);
        }
        Self::parse(&as_lines(&parents), &as_lines(&states))
    }

    /// From the headers of a Temporal workflow or activity, by name and payload: `_tracer-data`.
    #[must_use]
    pub fn from_temporal<N: AsRef<str>, P: AsRef<[u8]>>(headers: impl IntoIterator<Item = (N, P)>) -> Option<Self> {
        let (_, payload) = headers.into_iter().find(|(name, _)| name.as_ref() == TEMPORAL_HEADER)?;
        Self::from_object(&serde_json::from_slice(payload.as_ref()).ok()?)
    }

    /// From the object `_trace` of a JSON event: `traceId`, `spanId`, `traceFlags`, `traceState`, or `traceparent` and
    /// `tracestate`.
    #[must_use]
    pub fn from_json(event: &Value) -> Option<Self> {
        Self::from_object(event.get(TRACE)?)
    }

    fn from_object(object: &Value) -> Option<Self> {
        let text = |name| object.get(name).and_then(Value::as_str);
        if let Some(parent) = text(TRACEPARENT) {
            return Self::parse(&[parent], text(TRACESTATE).as_slice());
        }
        // The object of an event that was sampled by its being there.
        let flags = object.get("traceFlags").map_or(Some(1), Value::as_u64)?;
        let parent = format!("00-{}-{}-{flags:02x}", text("traceId")?, text("spanId")?);
        Self::parse(&[&parent], text("traceState").as_slice())
    }

    fn parse(parent: &[&str], state: &[&str]) -> Option<Self> {
        TraceContext::parse(parent, state).ok().map(Self)
    }

    /// The context as the header `traceparent`.
    #[must_use]
    pub fn traceparent(&self) -> String {
        self.0.traceparent()
    }

    /// The context as the header `tracestate`; none where it would be empty.
    #[must_use]
    pub fn tracestate(&self) -> Option<String> {
        self.0.tracestate()
    }

    /// Puts the context into a JSON event as its `_trace`.
    pub fn put_into(&self, event: &mut Map<String, Value>) {
        let span = self.span_context();
        let mut object = json!({
            "traceId": span.trace_id().to_string(),
            "spanId": span.span_id().to_string(),
            "traceFlags": span.trace_flags().to_u8(),
        });
        if let Some(state) = self.tracestate() {
            object["traceState"] = state.into();
        }
        event.insert(TRACE.to_owned(), object);
    }

    /// The context as fields for an entry of a Redis stream, or as headers of a message.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let state = self.tracestate().map(|state| (TRACESTATE, state));
        [(TRACEPARENT, self.traceparent())].into_iter().chain(state).collect()
    }

    /// The context as a header for Temporal: its name, and its payload in JSON.
    #[must_use]
    pub fn temporal_header(&self) -> (&'static str, Vec<u8>) {
        let fields = self.fields().into_iter().map(|(name, value)| (name.to_owned(), Value::String(value)));
        (TEMPORAL_HEADER, Value::Object(fields.collect()).to_string().into_bytes())
    }

    pub(crate) fn span_context(&self) -> SpanContext {
        self.0.to_span_context()
    }
}

fn as_lines(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}
