//! How a guard's `tracing` span is made: past the filters of the subscriber, once telemetry decides about traces.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::callsite::{Callsite as _, DefaultCallsite};
use tracing::field::Value;
use tracing::level_filters::LevelFilter;
use tracing::metadata::Kind;
use tracing::{Event, Level, Metadata, Span, dispatcher};

use super::course::{is_listened_to, makes};

/// Whether the span of a guard of this declaration is made. Asked before its fields are worked out.
///
/// A filter over a whole subscriber says which log lines somebody wants to read, and the span of a guard is none of them.
/// So it is made all the same once telemetry decides about traces ([`install`](super::install)), unless the level of
/// traces leaves it out. The subscriber is asked before, so that layers with a filter of their own do not see it.
pub fn makes_guard_span(callsite: &'static DefaultCallsite) -> bool {
    let metadata = callsite.metadata();
    let is_wanted = *metadata.level() <= LevelFilter::current() && {
        let interest = callsite.interest();
        !interest.is_never() && (interest.is_always() || dispatcher::get_default(|current| current.enabled(metadata)))
    };
    let is_made = makes(metadata, is_wanted);
    if is_made && !is_wanted {
        say_once(metadata.target());
    }
    is_made
}

/// Makes the span of a guard of its declaration and the values of all its fields, in their order.
pub fn guard_span<const N: usize>(metadata: &'static Metadata<'static>, values: [Option<&dyn Value>; N]) -> Span {
    Span::new(metadata, &metadata.fields().value_set_all(&values))
}

/// Whoever filters the spans of guards out for the whole subscriber loses the log records beside them, of which nothing
/// else tells. Said past the filter that is spoken of.
#[cold]
fn say_once(target: &'static str) {
    static SAID: AtomicBool = AtomicBool::new(false);
    // Where nobody listens yet, somebody may later.
    if SAID.load(Ordering::Relaxed) || !is_listened_to() || SAID.swap(true, Ordering::Relaxed) {
        return;
    }
    static CALLSITE: DefaultCallsite = DefaultCallsite::new(&METADATA);
    static METADATA: Metadata<'static> = tracing_core::metadata! {
        name: "filter hides log records",
        target: "telemetry",
        level: Level::WARN,
        fields: &["message", "filtered"],
        callsite: &CALLSITE,
        kind: Kind::EVENT,
    };
    let message = "the subscriber's filter leaves out log records of telemetry, and of others like them: name their target \
                   in it (`telemetry_http=info`), or put it around the layer that prints, which leaves the export alone";
    let fields = CALLSITE.metadata().fields();
    let mut declared = fields.iter();
    if let (Some(first), Some(second)) = (declared.next(), declared.next()) {
        let values: [_; 2] = [(&first, Some(&message as &dyn Value)), (&second, Some(&target as &dyn Value))];
        Event::dispatch(&METADATA, &fields.value_set(&values));
    }
}
