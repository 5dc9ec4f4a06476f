//! Secrets taken out of texts that somebody is to read: error messages, prompts, log fields.

mod address;
mod hidden;
mod known;
mod names;
mod pairs;
mod policy;
#[cfg(feature = "otlp")]
mod said_back;
mod shapes;
mod strict;
mod value;

pub use hidden::REDACTED;
pub use names::is_secret_name;
pub use policy::{Policy, text};
#[cfg(feature = "otlp")]
pub(crate) use said_back::SaidBack;
