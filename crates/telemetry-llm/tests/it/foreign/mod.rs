//! Calls that spans of other libraries tell of.

mod ends;
mod once;
mod said;
mod watched;
