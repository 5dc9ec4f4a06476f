//! What the spans around an event say of its lines.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, SpanId};
use telemetry_core::Component;
use telemetry_core::mask::Masker;
use tracing::field::{Field, Visit};

use crate::escape::escape;
use crate::fields::{ID_KEYS, IDS, Place};
use crate::scratch::near;
use crate::settings::component;

/// What a span has for the lines within it: its own, laid over what the spans around it have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried {
    pub(crate) component: Option<Component>,
    /// As they stand between quotes.
    pub(crate) ids: [Option<Arc<str>>; IDS],
    /// All ids, as they stand in a line.
    pub(crate) rendered: String,
}

/// What is kept of a span.
#[derive(Debug, Clone)]
pub(crate) struct Spanned {
    /// `None` where neither it nor what is around it says anything.
    pub(crate) carried: Option<Arc<Carried>>,
    /// The span of the trace in which it was made; none where its parent was named and not found around it.
    pub(crate) outer: SpanId,
}

impl Carried {
    /// Lays over it what fields say; `None` where they say nothing.
    pub(crate) fn with(
        around: Option<&Arc<Self>>,
        masker: &Masker,
        record: impl FnOnce(&mut Said<'_>),
    ) -> Option<Arc<Self>> {
        let mut said = Said { component: None, ids: Default::default(), masker };
        record(&mut said);
        if said.component.is_none() && said.ids.iter().all(Option::is_none) {
            return around.cloned();
        }
        let mut carried = around.map(|around| Self::clone(around)).unwrap_or_default();
        carried.component = said.component.or(carried.component);
        for (id, said) in carried.ids.iter_mut().zip(said.ids) {
            if said.is_some() {
                *id = said;
            }
        }
        carried.rendered.clear();
        for (key, id) in ID_KEYS.iter().zip(&carried.ids) {
            if let Some(id) = id {
                push_id(key, id, &mut carried.rendered);
            }
        }
        Some(Arc::new(carried))
    }
}

/// Appends an id as it stands in a line.
pub(crate) fn push_id(key: &str, id: &str, out: &mut String) {
    out.push_str(",\"");
    out.push_str(key);
    out.push_str("\":\"");
    out.push_str(id);
    out.push('"');
}

/// The span of the trace that is active, if one is.
pub(crate) fn active_span() -> SpanId {
    Context::map_current(|context| {
        if context.has_active_span() { context.span().span_context().span_id() } else { SpanId::INVALID }
    })
}

/// What the fields of a span say.
pub(crate) struct Said<'a> {
    component: Option<Component>,
    ids: [Option<Arc<str>>; IDS],
    masker: &'a Masker,
}

impl Said<'_> {
    fn text(&mut self, name: &str, value: &str) {
        if let Some(id) = Place::id(name) {
            let mut escaped = String::new();
            escape(&self.masker.id(near(value)), &mut escaped);
            self.ids[id] = (!escaped.is_empty()).then(|| escaped.into());
        } else if name == "component" {
            self.component = component(value);
        }
    }
}

impl Visit for Said<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Most fields of spans are for others, and are not worth being written out.
        if Place::id(field.name()).is_some() || field.name() == "component" {
            self.text(field.name(), &format!("{value:?}"));
        }
    }
}
