//! How deep and how long the parts of a text may be that a parser is given.
//!
//! The parser bounds what it follows downwards, but it makes chains (`1 + 1 + 1 …`, `… UNION …`) in a loop, one level of its
//! tree deeper for each link, and trees are walked and dropped level by level: a chain that is long enough ends the program.
//! What is in brackets it may try in more than one way, each level again. So both are counted before.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// How many brackets may be open at a time.
const MOST_BRACKETS: usize = 16;
/// How many tokens an item of a list may have, together with what it is part of. The values of a thousand rows are a thousand
/// items; a condition is one.
const MOST_IN_ITEM: usize = 1_000;
/// How many `UNION`s and their like a text may have.
const MOST_SET_OPERATIONS: usize = 100;
/// How many joins a text may have: one whose condition does not follow it is one more level that the parser does not count.
const MOST_JOINS: usize = 64;
/// How many tokens a text may have, but for spaces and comments.
const MOST_TOKENS: usize = 100_000;

/// So much of the same, and a parser makes no tree that is deep.
const SMALL_BRACKETS: usize = 4;
const SMALL_ITEM: usize = 150;
const SMALL_SET_OPERATIONS: usize = 10;
const SMALL_JOINS: usize = 4;

/// How much a parser has to do with a text that keeps the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Small,
    Large,
}

/// How large a text is; `None` if it does not keep the bounds.
pub(super) fn size(tokens: &[TokenWithSpan]) -> Option<Size> {
    // The tokens of the item at hand, in each of the brackets that are open.
    let mut items = vec![0_usize];
    let (mut in_items, mut set_operations, mut joins, mut all) = (0, 0, 0, 0);
    let (mut most_items, mut most_brackets) = (0, 0);
    for TokenWithSpan { token, .. } in tokens {
        match token {
            Token::Whitespace(_) => continue,
            Token::LParen | Token::LBracket | Token::LBrace => items.push(0),
            Token::RParen | Token::RBracket | Token::RBrace if items.len() > 1 => {
                in_items -= items.pop().unwrap_or_default();
            }
            Token::Comma | Token::SemiColon => in_items -= items.last_mut().map_or(0, std::mem::take),
            Token::Word(word)
                if matches!(word.keyword, Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::MINUS) =>
            {
                set_operations += 1;
            }
            Token::Word(word) if matches!(word.keyword, Keyword::JOIN | Keyword::STRAIGHT_JOIN | Keyword::APPLY) => {
                joins += 1;
            }
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            *item += 1;
            in_items += 1;
        }
        all += 1;
        most_items = most_items.max(in_items);
        most_brackets = most_brackets.max(items.len() - 1);
        if most_brackets > MOST_BRACKETS
            || most_items > MOST_IN_ITEM
            || set_operations > MOST_SET_OPERATIONS
            || joins > MOST_JOINS
            || all > MOST_TOKENS
        {
            return None;
        }
    }
    let is_small = most_brackets <= SMALL_BRACKETS
        && most_items <= SMALL_ITEM
        && set_operations <= SMALL_SET_OPERATIONS
        && joins <= SMALL_JOINS;
    Some(if is_small { Size::Small } else { Size::Large })
}
