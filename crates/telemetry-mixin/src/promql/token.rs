//! An expression cut into tokens with their places.

use std::ops::Range;

/// A piece of an expression with its place; the parser's syntax tree carries none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A metric, label, function or keyword.
    Word,
    /// A number or a duration.
    Number,
    /// A quoted string.
    Text,
    /// Punctuation or an operator.
    Sign,
}

/// Splits an expression into tokens, up to as many; characters that belong to no token become signs, so that nothing is lost.
pub(crate) fn tokens(text: &str, most: usize) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut in_brackets = false;
    while at < bytes.len() && found.len() < most {
        let start = at;
        let byte = bytes[at];
        let kind = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c => {
                at += 1;
                continue;
            }
            b'#' => {
                while at < bytes.len() && bytes[at] != b'\n' && bytes[at] != b'\r' {
                    at += 1;
                }
                continue;
            }
            b'"' | b'\'' | b'`' => {
                at = end_of_text(bytes, at);
                TokenKind::Text
            }
            b'0'..=b'9' | b'.' => {
                at = end_of_number(bytes, at);
                TokenKind::Number
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                at = end_of_word(bytes, at, !in_brackets);
                TokenKind::Word
            }
            b':' if !in_brackets => {
                at = end_of_word(bytes, at, true);
                TokenKind::Word
            }
            _ => {
                in_brackets = match byte {
                    b'[' => true,
                    b']' => false,
                    _ => in_brackets,
                };
                at += sign_length(&text[at..]);
                TokenKind::Sign
            }
        };
        found.push(Token { kind, span: start..at });
    }
    found
}

/// From the first to the last visible character.
pub(crate) fn whole(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if bytes[start] != b'`' => at += 2,
            byte if byte == bytes[start] => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_number(bytes: &[u8], start: usize) -> usize {
    let hexadecimal = matches!(bytes.get(start + 1), Some(b'x' | b'X'));
    let mut at = start + 1;
    while at < bytes.len() {
        let exponent_sign = !hexadecimal && matches!(bytes[at], b'+' | b'-') && matches!(bytes[at - 1], b'e' | b'E');
        if !(bytes[at].is_ascii_alphanumeric() || matches!(bytes[at], b'.' | b'_') || exponent_sign) {
            break;
        }
        at += 1;
    }
    at
}

fn end_of_word(bytes: &[u8], start: usize, colons: bool) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_' || (colons && bytes[at] == b':'))
    {
        at += 1;
    }
    at
}

fn sign_length(rest: &str) -> usize {
    const DOUBLE: [&str; 6] = ["==", "!=", "=~", "!~", "<=", ">="];
    if DOUBLE.iter().any(|sign| rest.starts_with(sign)) { 2 } else { rest.chars().next().map_or(1, char::len_utf8) }
}
