//! What is wrong with an expression that parses.

mod aggregate;
mod alert;
mod binary;
mod call;
mod checker;
mod role;
mod selector;
mod walk;

pub use checker::{Checker, Sound};
pub use role::Role;
