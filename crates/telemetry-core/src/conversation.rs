//! The conversation that work belongs to: its id travels in the baggage, and stands on the spans of calls and agents.
//!
//! Back ends for language models show as one session what has the same id.
//!
//! ```
//! use opentelemetry::trace::FutureExt as _;
//! use telemetry_core::conversation;
//!
//! # async fn answer() {}
//! # async fn example() {
//! // Each call to a model and each agent in there is part of the conversation, whoever makes it.
//! answer().with_context(conversation::within("conversation-42")).await;
//! # }
//! ```

use opentelemetry::Context;
use opentelemetry::baggage::{BaggageExt as _, KeyValueMetadata};

use crate::{propagation, text};

/// The member of the baggage that has the id, and the attribute by which the semantic conventions name it.
pub const ID: &str = "gen_ai.conversation.id";

/// The context that is active here, for work that belongs to that conversation. An id of more than 256 bytes is cut.
///
/// What is sent on of it goes where the settings let baggage go (`baggage_to`).
#[must_use]
pub fn within(id: &str) -> Context {
    let context = propagation::current();
    let of_id = KeyValueMetadata::new(ID, text::cut(id, text::NAME).into_owned(), "");
    let others = context.baggage().iter().filter(|(key, _)| key.as_str() != ID).map(propagation::copied);
    context.with_baggage(std::iter::once(of_id).chain(others))
}

/// The conversation that what runs here belongs to, as this process or its caller said. An id of more than 256 bytes is
/// cut.
///
/// ```
/// use telemetry_core::conversation;
///
/// let _attached = conversation::within("conversation-42").attach();
/// assert_eq!(conversation::current().as_deref(), Some("conversation-42"));
/// ```
#[must_use]
pub fn current() -> Option<String> {
    let context = propagation::current();
    let id = context.baggage().get(ID)?.as_str();
    (!id.is_empty()).then(|| text::cut(id, text::NAME).into_owned())
}
