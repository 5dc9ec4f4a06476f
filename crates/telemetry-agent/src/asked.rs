//! Who asked for what is done later.

use opentelemetry::trace::SpanContext;
use telemetry_core::{Origin, trace};

/// The span within which this is asked for, where there is one: a run that takes it up in another trace links to it.
pub(crate) fn here() -> Option<SpanContext> {
    trace::is_heard().then(Origin::current_span).flatten()
}
