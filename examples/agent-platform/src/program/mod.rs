//! The program: its commands, their flags, and how the platform is put together with what surrounds it.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to whoever called it")]

mod assembly;
mod commands;
mod demo;
mod load;
mod options;
mod session;
mod switches;
mod w3c;

pub use commands::main;
pub use load::{Ended, Ready};
