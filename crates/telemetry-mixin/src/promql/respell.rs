//! An expression in the words of `promql-parser`: what Prometheus reads and that parser does not is put another way.
//!
//! Only the parser sees what is written here. The places of everything come from the tokens of the author's text, which
//! stay in their order.

use std::borrow::Cow;

use promql_parser::util::{escape_string, unquote_string};

use super::duration::Durations;
use super::token::{Token, TokenKind};

/// The label of a matcher that stands for the metric which the second argument of `info` does not name.
pub(crate) const STAND_IN: &str = "__info__";

/// The text for the parser: the author's own where that parser reads it as Prometheus does.
pub(crate) fn respelled<'a>(text: &'a str, tokens: &'a [Token]) -> Cow<'a, str> {
    let mut writer = Writer { text, tokens, out: String::new(), changed: false, calls: Vec::new(), in_braces: false };
    let mut at = 0;
    while at < tokens.len() {
        at = writer.token(at);
    }
    if writer.changed { Cow::Owned(writer.out) } else { Cow::Borrowed(text) }
}

/// Whether the word there widens the selector before it, as `smoothed` and `anchored` do.
pub(crate) fn is_extension(text: &str, tokens: &[Token], at: usize) -> bool {
    let piece = |at: usize| tokens.get(at).map_or("", |token| &text[token.span.clone()]);
    let is_one_of = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    let Some(before) = at.checked_sub(1) else { return false };
    is_one_of(piece(at), &["smoothed", "anchored"])
        && match tokens[before].kind {
            TokenKind::Word => !is_one_of(piece(before), &["and", "or", "unless", "atan2", "bool", "by", "without"]),
            TokenKind::Number => true,
            TokenKind::Text => false,
            TokenKind::Sign => matches!(piece(before), ")" | "]" | "}"),
        }
}

/// An open parenthesis.
struct Call {
    /// Whether labels are listed in it.
    lists: bool,
    is_info: bool,
}

struct Writer<'a> {
    text: &'a str,
    tokens: &'a [Token],
    out: String,
    changed: bool,
    calls: Vec<Call>,
    in_braces: bool,
}

impl<'a> Writer<'a> {
    /// Writes the token, and says which is next.
    fn token(&mut self, at: usize) -> usize {
        let piece = self.piece(at);
        match self.tokens[at].kind {
            TokenKind::Text => self.string(piece),
            TokenKind::Number if piece.contains('_') => self.replace(&piece.replace('_', "")),
            TokenKind::Word if !self.in_braces => return self.word(at),
            TokenKind::Sign => return self.sign(at),
            TokenKind::Number | TokenKind::Word => self.put(piece),
        }
        at + 1
    }

    fn word(&mut self, at: usize) -> usize {
        let piece = self.piece(at);
        let lists = self.calls.last().is_some_and(|call| call.lists);
        if !lists && is_extension(self.text, self.tokens, at) {
            self.changed = true;
            return at + 1;
        }
        // Names of metrics and labels unless a parenthesis follows, which the parser always takes for keywords.
        let keyword = ["step", "smoothed", "anchored"].iter().any(|known| piece.eq_ignore_ascii_case(known));
        if keyword && self.piece(at + 1) != "(" {
            self.replace("renamed");
            return at + 1;
        }
        self.put(piece);
        if !lists
            && piece.eq_ignore_ascii_case("offset")
            && let Some(end) = self.durations().operand(at + 1)
        {
            self.replace("1s");
            return end;
        }
        at + 1
    }

    fn sign(&mut self, at: usize) -> usize {
        let piece = self.piece(at);
        let before = at.checked_sub(1).map_or("", |before| self.piece(before));
        match piece {
            "(" => {
                let lists = ["by", "without", "on", "ignoring", "group_left", "group_right"];
                self.calls.push(Call {
                    lists: lists.iter().any(|word| before.eq_ignore_ascii_case(word)),
                    is_info: before == "info",
                });
            }
            ")" => drop(self.calls.pop()),
            "}" => self.in_braces = false,
            "[" => {
                if let Some(end) = self.window(at) {
                    return end;
                }
            }
            _ => {}
        }
        self.put(piece);
        if piece == "{" {
            self.in_braces = true;
            if before == "," && self.calls.last().is_some_and(|call| call.is_info) {
                let comma = if self.piece(at + 1) == "}" { "" } else { "," };
                self.replace(&format!("{STAND_IN}=\"x\"{comma}"));
            }
        }
        at + 1
    }

    /// What stands in brackets, if it calculates.
    fn window(&mut self, open: usize) -> Option<usize> {
        let durations = self.durations();
        let range = durations.calculation(open + 1)?;
        let mut close = range;
        if durations.piece(range) == ":" {
            close = if durations.piece(range + 1) == "]" { range + 1 } else { durations.calculation(range + 1)? };
        }
        if durations.piece(close) != "]" {
            return None;
        }
        let is_plain = range == open + 2 && close <= range + 2;
        if is_plain && !self.piece(open + 1).contains('_') && !self.piece(close - 1).contains('_') {
            return None;
        }
        self.replace(if close == range { "[1s]" } else { "[1s:1s]" });
        Some(close + 1)
    }

    /// In backquotes a backslash is one; elsewhere both parsers agree.
    fn string(&mut self, piece: &str) {
        match unquote_string(piece) {
            Ok(value) if piece.starts_with('`') && piece.contains('\\') => {
                self.replace(&format!("\"{}\"", escape_string(&value)));
            }
            _ => self.put(piece),
        }
    }

    fn durations(&self) -> Durations<'a> {
        Durations { text: self.text, tokens: self.tokens }
    }

    fn piece(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| &self.text[token.span.clone()])
    }

    fn put(&mut self, piece: &str) {
        self.out.push_str(piece);
        self.out.push(' ');
    }

    fn replace(&mut self, piece: &str) {
        self.changed = true;
        self.put(piece);
    }
}
