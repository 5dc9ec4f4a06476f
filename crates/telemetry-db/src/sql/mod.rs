//! What a statement's text says of it: its operation, its table, and the text without its literals.
//!
//! A text goes through these hands, and each may give it up as one of which nothing is known:
//!
//! | file | does |
//! |---|---|
//! | `known` | remembers statements by their texts, bounded in number and bytes |
//! | `read` | takes the text apart, takes its literals out, and has it parsed |
//! | `literals` | what of the text is a value, and the text without them |
//! | `bounds` | how deep and how long the parts of a text may be that a parser is given |
//! | `tree` | where a parsed statement has its tables |
//! | `statement` | what is kept of it |

mod bounds;
mod known;
mod literals;
mod read;
mod statement;
mod tree;

pub(crate) use known::Statements;
pub(crate) use statement::Statement;
