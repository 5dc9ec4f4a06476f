//! The masker: a corpus of what goes and what stays, the forms that secrets come in, and properties over any text.

mod corpus;
mod forms;
mod masker;
mod properties;
