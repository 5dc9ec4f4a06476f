//! Secrets taken out of texts that somebody is to read: error messages, prompts, log fields.

mod address;
mod hidden;
mod known;
mod names;
mod pairs;
mod policy;
mod shapes;
mod strict;
mod value;

pub use hidden::REDACTED;
pub use names::is_secret_name;
pub use policy::{Policy, text};
