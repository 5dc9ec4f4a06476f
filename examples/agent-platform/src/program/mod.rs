//! The program: its commands, their flags, and one life of the platform.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to whoever called it")]

mod commands;
mod demo;
mod load;
pub(crate) mod options;
pub(crate) mod session;
mod w3c;

pub use commands::main;
pub use load::{Ended, Ready};
