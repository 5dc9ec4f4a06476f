//! The OpenTelemetry semantic conventions for generative AI.

mod metrics;
mod names;

pub use metrics::CONVENTIONS;
pub(crate) use metrics::{Conventions, ConventionsOfCall};
pub(crate) use names::{CHAT, MOST_TOOL_CALLS, provider_name};
#[cfg(any(feature = "prices", feature = "tracing-layer"))]
pub(crate) use names::{EMBEDDINGS, GENERATE_CONTENT, TEXT_COMPLETION};
