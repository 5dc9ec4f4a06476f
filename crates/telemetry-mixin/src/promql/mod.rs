//! PromQL: checking expressions against what is declared, and rewriting them.
//!
//! [`Checker`] knows the metrics of a set of catalogues, their labels and the values of closed labels, and refuses an
//! expression that cannot mean what it says. It reads Grafana's variables and tells every mistake with its place.

mod check;
mod divide;
mod duration;
mod expression;
mod facts;
mod fold;
mod function;
mod histograms;
mod keep;
mod labels;
mod lint;
mod locate;
mod native;
mod parse;
mod placeholder;
mod problem;
mod quoted;
mod rename;
mod respell;
mod rewrite;
mod schema;
mod suggest;
mod syntax;
mod token;
mod tree;

pub use check::{Checker, Role, Sound};
pub use expression::selectors;
pub use lint::{Lint, Weight};
pub use problem::{Finding, Position, Problem};

pub(crate) use divide::{Having, compared, part, reworded, with_value};
pub(crate) use expression::Expression;
pub(crate) use fold::folded;
pub(crate) use histograms::{BOUND, ClassicPart, NativeHistograms};
pub(crate) use keep::{Kept, keeping, labelled, value_of};
pub(crate) use native::{between, classic_series, native, native_series};
pub(crate) use problem::{cut, shown};
pub(crate) use quoted::{escaped, quoted};
pub(crate) use rename::{Names, renamed};
pub(crate) use rewrite::in_namespace;
pub(crate) use suggest::{listing, nearest};
pub(crate) use tree::NAME_LABEL;
