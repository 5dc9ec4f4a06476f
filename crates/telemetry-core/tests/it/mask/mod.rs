//! The masker: a corpus of what goes and what stays, and properties over any text.

mod corpus;
mod properties;
