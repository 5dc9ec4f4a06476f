//! Secrets taken out of texts that somebody is to read: error messages, prompts, log fields.

mod address;
#[cfg(feature = "json")]
mod document;
mod hidden;
mod known;
mod masker;
mod names;
mod own;
mod pairs;
mod policy;
#[cfg(feature = "otlp")]
mod said_back;
mod shapes;
mod strict;
mod value;

pub use hidden::REDACTED;
pub use masker::Masker;
#[cfg(feature = "otlp")]
pub(crate) use names::is_id_name;
pub use names::{is_key_of_name, is_key_of_value, is_secret_name};
pub use policy::{Policy, text};
#[cfg(feature = "otlp")]
pub(crate) use said_back::SaidBack;
