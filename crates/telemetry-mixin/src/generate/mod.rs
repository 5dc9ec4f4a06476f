//! From domains to files.

mod check;
mod generator;
mod lint;

pub use generator::{GenerateErrors, checker, generate};
