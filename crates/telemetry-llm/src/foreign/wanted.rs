//! Which spans and events are looked at, as their declarations say: all others cost a look at the names of their fields,
//! and that only where another layer wants them.

use tracing::Metadata;
use tracing::subscriber::Interest;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Filter};

use super::names::OPERATION;

/// Lets pass what may tell of a call.
pub(super) struct Wanted;

/// Spans that may tell of a call, tools, and errors as `#[instrument(err)]` tells them within such a span.
fn is_wanted(metadata: &Metadata<'_>) -> bool {
    if metadata.is_event() { is_error(metadata) } else { tells_of_a_call(metadata) || is_tool(metadata) }
}

/// Whether a span has the field of an operation, or those of a model and of what it used.
fn tells_of_a_call(metadata: &Metadata<'_>) -> bool {
    let (mut has_model, mut has_usage) = (false, false);
    for field in metadata.fields() {
        let name = field.name();
        if name.starts_with("gen_ai.") {
            has_usage |= name.starts_with("gen_ai.usage.");
            has_model |= matches!(name, "gen_ai.request.model" | "gen_ai.response.model");
            if name == OPERATION || has_usage && has_model {
                return true;
            }
        }
    }
    false
}

/// Whether it is the span of a tool by its name, as ours is, or says which tool without a model.
pub(super) fn is_tool(metadata: &Metadata<'_>) -> bool {
    let has = |name| metadata.fields().field(name).is_some();
    metadata.name().ends_with("execute_tool")
        || metadata.name().ends_with("tool.execute")
        || (has("gen_ai.tool.name") || has("tool.name")) && !has("gen_ai.request.model")
}

/// Whether an event is about an error that a function has returned, which has nothing but that.
pub(super) fn is_error(metadata: &Metadata<'_>) -> bool {
    metadata.fields().len() == 1 && metadata.fields().field("error").is_some()
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
