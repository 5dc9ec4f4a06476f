//! What a statement's text says.

mod hostile;
mod known;
mod literals;
mod statements;
