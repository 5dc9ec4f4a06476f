//! What context travels in: headers and maps behind one trait.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::{Context, global};

use super::destinations::Allowed;
use crate::trace::StartedBy;

/// What context travels in: the headers of a request or of a message. Names match whatever their case.
pub trait Carrier {
    /// The names that are there.
    fn names(&self) -> Vec<&str>;

    /// All lines of a header, in their order.
    fn lines(&self, name: &str) -> Vec<&str>;

    /// Puts one line in place of all that are there.
    fn set(&mut self, name: &str, value: String);

    /// Takes out all lines of a header.
    fn remove(&mut self, name: &str);
}

/// The W3C's headers, which are looked for in each request, as names that need not be parsed each time.
const OF_THE_W3C: [HeaderName; 3] =
    [HeaderName::from_static("traceparent"), HeaderName::from_static("tracestate"), HeaderName::from_static("baggage")];

// A line that is no text must not look as if it were absent, so this stands for it; no header may contain it.
const NO_TEXT: &str = "\u{fffd}";

impl Carrier for HeaderMap {
    fn names(&self) -> Vec<&str> {
        self.keys().map(HeaderName::as_str).collect()
    }

    fn lines(&self, name: &str) -> Vec<&str> {
        let lines = match OF_THE_W3C.iter().find(|known| known.as_str() == name) {
            Some(known) => self.get_all(known),
            None => self.get_all(name),
        };
        lines.iter().map(|value| value.to_str().unwrap_or(NO_TEXT)).collect()
    }

    fn set(&mut self, name: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value)) {
            self.insert(name, value);
        }
    }

    fn remove(&mut self, name: &str) {
        HeaderMap::remove(self, name);
    }
}

macro_rules! string_map {
    ($($generics:ident)?; $type:ty) => {
        impl $(<$generics: BuildHasher>)? Carrier for $type {
            fn names(&self) -> Vec<&str> {
                self.keys().map(String::as_str).collect()
            }

            fn lines(&self, name: &str) -> Vec<&str> {
                self.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
            }

            fn set(&mut self, name: &str, value: String) {
                Carrier::remove(self, name);
                self.insert(name.to_ascii_lowercase(), value);
            }

            fn remove(&mut self, name: &str) {
                self.retain(|key, _| !key.eq_ignore_ascii_case(name));
            }
        }
    };
}

string_map!(S; HashMap<String, String, S>);
string_map!(; BTreeMap<String, String>);

/// A carrier as any propagator reads it.
#[derive(Debug)]
pub struct AsExtractor<'a, C: ?Sized>(pub &'a C);

impl<C: Carrier + ?Sized> Extractor for AsExtractor<'_, C> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.lines(key).first().copied()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.names()
    }

    fn get_all(&self, key: &str) -> Option<Vec<&str>> {
        Some(self.0.lines(key)).filter(|lines| !lines.is_empty())
    }
}

/// A carrier as any propagator writes it.
#[derive(Debug)]
pub struct AsInjector<'a, C: ?Sized>(pub &'a mut C);

impl<C: Carrier + ?Sized> Injector for AsInjector<'_, C> {
    fn set(&mut self, key: &str, value: String) {
        self.0.set(key, value);
    }
}

/// The context that a request or a message carries, on nothing else: whatever span is active here is no parent of
/// what arrives.
pub fn extract<C: Carrier + ?Sized>(carrier: &C) -> Context {
    global::get_text_map_propagator(|propagator| extract_with(propagator, carrier))
}

/// [`extract`] through a propagator of the caller's choice.
pub fn extract_with<C: Carrier + ?Sized>(propagator: &dyn TextMapPropagator, carrier: &C) -> Context {
    propagator.extract_with_context(&Context::new(), &AsExtractor(carrier))
}

/// Writes a context into a request or a message. Headers of another context that are there already go, so that the
/// two cannot mix; without a context they stay. All of it goes, baggage too; [`inject_allowed`] asks where to.
pub fn inject<C: Carrier + ?Sized>(context: &Context, carrier: &mut C) {
    global::get_text_map_propagator(|propagator| inject_with(propagator, context, carrier));
}

/// [`inject`] through a propagator of the caller's choice.
pub fn inject_with<C: Carrier + ?Sized>(propagator: &dyn TextMapPropagator, context: &Context, carrier: &mut C) {
    write(propagator, context, Allowed::ALL, carrier);
}

/// [`inject`]s what may go to where the request or the message goes: [`Destinations::allow`](super::Destinations::allow).
pub fn inject_allowed<C: Carrier + ?Sized>(context: &Context, allowed: Allowed, carrier: &mut C) {
    global::get_text_map_propagator(|propagator| write(propagator, context, allowed, carrier));
}

fn write<C: Carrier + ?Sized>(
    propagator: &dyn TextMapPropagator,
    context: &Context,
    allowed: Allowed,
    carrier: &mut C,
) {
    let mut lines = Lines::default();
    propagator.inject_context(context, &mut lines);
    lines.0.retain(|(name, _)| allowed.header(name));
    if lines.0.is_empty() {
        return;
    }
    for field in propagator.fields().filter(|field| allowed.header(field)) {
        carrier.remove(field);
    }
    for (name, value) in lines.0 {
        carrier.set(&name, value);
    }
}

/// [`inject`]s the context that is active here: that of the current `tracing` span.
pub fn inject_current<C: Carrier + ?Sized>(carrier: &mut C) {
    inject(&current(), carrier);
}

/// The context that is active here: that of the current `tracing` span, else opentelemetry's own. A span that was entered
/// before the work of an [`Origin`](crate::Origin) began is none of that work's, and one that has no OpenTelemetry span
/// has no context. The bridge between the two has to make the contexts of spans the active ones, as it does by itself.
#[must_use]
pub fn current() -> Context {
    use opentelemetry::trace::TraceContextExt as _;
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;

    let active = Context::current();
    let span = tracing::Span::current();
    if span.is_none() || active.has_active_span() {
        return active;
    }
    let of_span = span.context();
    if !of_span.has_active_span() || StartedBy::is_within(&active, &of_span) { active } else { of_span }
}

#[derive(Default)]
struct Lines(Vec<(String, String)>);

impl Injector for Lines {
    fn set(&mut self, key: &str, value: String) {
        self.0.push((key.to_owned(), value));
    }
}
