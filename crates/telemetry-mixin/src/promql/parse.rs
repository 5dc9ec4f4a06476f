//! From text to a tree with places, within bounds that keep the parser from overflowing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::locate::Locator;
use super::placeholder::{Filled, fill};
use super::problem::Problem;
use super::respell::respelled;
use super::syntax;
use super::token::{Token, TokenKind, tokens, whole};
use super::tree::Node;

/// An expression that parses, with its tree.
#[derive(Debug, Clone)]
pub(crate) struct Parsed {
    pub(crate) filled: Filled,
    pub(crate) node: Node,
}

/// More than any expression that a person wrote. The tree is walked recursively, here and in the parser, and a chain
/// of operators is as deep as it is long, so both need a bound.
const MOST_TOKENS: usize = 2000;
const MOST_OPERATORS: usize = 150;
const DEEPEST: usize = 50;

/// Metrics, labels and functions have no longer names, and messages quote them.
const LONGEST_WORD: usize = 1_000;

/// A century: Prometheus keeps nothing that long, and the parser's own arithmetic ends somewhere above it.
const LONGEST_SECONDS: f64 = 100.0 * 365.0 * 86_400.0;

pub(crate) fn parse(text: &str) -> Result<Parsed, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new("the expression is empty", 0..text.len()));
    }
    let filled = fill(text);
    let tokens = tokens(&filled.text, MOST_TOKENS + 1);
    within_bounds(&filled.text, &tokens)?;
    // The parser is other people's code and is fed whatever a user's file holds.
    let parsed = catch_unwind(AssertUnwindSafe(|| promql_parser::parser::parse(&respelled(&filled.text, &tokens))));
    let whole = || whole(text);
    let expr = match parsed {
        Ok(Ok(expr)) => expr,
        Ok(Err(message)) => return Err(syntax::explain(text, &filled.text, &tokens, &message)),
        Err(_) => return Err(Problem::new("the PromQL parser cannot read this expression", whole())),
    };
    match Locator::new(&filled.text, &tokens).whole(&expr) {
        Some(node) => Ok(Parsed { filled, node }),
        None => Err(Problem::new("the places in this expression cannot be told apart", whole())),
    }
}

fn within_bounds(text: &str, tokens: &[Token]) -> Result<(), Problem> {
    if let Some(token) = tokens.get(MOST_TOKENS) {
        let message = format!("the expression has more than {MOST_TOKENS} tokens");
        return Err(Problem::new(message, token.span.clone()).help("record parts of it by rules"));
    }
    let mut depth = 0_usize;
    let mut operators = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let piece = &text[token.span.clone()];
        match piece {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        operators += usize::from(is_operator(piece));
        if token.kind == TokenKind::Word && piece.len() > LONGEST_WORD {
            return Err(Problem::new(format!("a name of more than {LONGEST_WORD} bytes"), token.span.clone()));
        }
        if depth > DEEPEST {
            return Err(Problem::new(format!("nested deeper than {DEEPEST} levels"), token.span.clone()));
        }
        if operators > MOST_OPERATORS {
            let message = format!("the expression has more than {MOST_OPERATORS} operators");
            return Err(Problem::new(message, token.span.clone()).help("record parts of it by rules"));
        }
        let mut before = at.checked_sub(1);
        if before.is_some_and(|sign| matches!(&text[tokens[sign].span.clone()], "+" | "-")) {
            before = before.and_then(|sign| sign.checked_sub(1));
        }
        let is_time = before.is_some_and(|before| {
            let before = &text[tokens[before].span.clone()];
            matches!(before, "[" | ":") || before.eq_ignore_ascii_case("offset")
        });
        let too_long = || piece.parse::<f64>().is_ok_and(|seconds| !(0.0..=LONGEST_SECONDS).contains(&seconds));
        if token.kind == TokenKind::Number && is_time && too_long() {
            return Err(Problem::new("a time of more than a century", token.span.clone()));
        }
    }
    Ok(())
}

fn is_operator(piece: &str) -> bool {
    matches!(piece, "+" | "-" | "*" | "/" | "%" | "^" | "==" | "!=" | "<" | ">" | "<=" | ">=")
        || ["and", "or", "unless", "atan2"].iter().any(|word| piece.eq_ignore_ascii_case(word))
}
