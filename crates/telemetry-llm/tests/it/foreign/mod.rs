//! Calls that spans of other libraries tell of.

mod ends;
mod filters;
mod libraries;
mod once;
mod said;
mod scopes;
mod watched;
