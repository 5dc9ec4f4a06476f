//! Secrets taken out of texts that somebody is to read: error messages, prompts, log fields.

mod hidden;
mod known;
mod names;
mod policy;
mod shapes;
mod strict;

pub use hidden::REDACTED;
pub use names::is_secret_name;
pub use policy::{Policy, text};
