//! Which spans and events are looked at: told once of each declaration, so that all others cost nothing.

use tracing::subscriber::Interest;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Filter};

use super::names::OPERATION;

/// Lets pass what may tell of a call.
pub(super) struct Wanted;

/// Spans that say what they do of a model, tools, and errors as `#[instrument(err)]` tells them within such a span.
fn is_wanted(metadata: &Metadata<'_>) -> bool {
    if metadata.is_event() {
        return is_error(metadata);
    }
    metadata.fields().field(OPERATION).is_some() || is_tool(metadata)
}

/// Whether it is the span of a tool by its name, as ours is.
pub(super) fn is_tool(metadata: &Metadata<'_>) -> bool {
    metadata.name().ends_with("execute_tool")
}

/// Whether an event is about an error that something has ended with.
pub(super) fn is_error(metadata: &Metadata<'_>) -> bool {
    *metadata.level() == Level::ERROR && metadata.fields().field("error").is_some()
}

impl<S> Filter<S> for Wanted {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        is_wanted(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_wanted(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }
}
