//! From domains to files.

mod check;
mod generator;
mod lint;
mod values;

pub use generator::{GenerateErrors, checker, generate};

#[cfg(feature = "settings-file")]
pub(crate) use values::value_mistakes;
