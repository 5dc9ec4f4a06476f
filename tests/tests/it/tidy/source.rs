//! A Rust file as the compiler reads it: without comments, and with the lines that hold code.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// The tokens of a file in order, each bracket one of them.
pub(super) struct Source {
    pub(super) tokens: Vec<Token>,
    first_line: String,
}

pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
    last_line: usize,
}

impl Source {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let stream: TokenStream = text.parse().map_err(|error| format!("not Rust: {error}"))?;
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        Ok(Self { tokens, first_line: text.lines().next().unwrap_or_default().to_owned() })
    }

    /// Whether it begins with what belongs in it: a sentence, or the page of its crate.
    pub(super) fn has_headline(&self) -> bool {
        let sentence = self.first_line.strip_prefix("//! ").unwrap_or_default();
        sentence.split_whitespace().count() > 2 || self.first_line.starts_with("#![doc = include_str!(")
    }

    /// How many lines hold code.
    pub(super) fn lines_of_code(&self) -> usize {
        let lines: BTreeSet<usize> = self.tokens.iter().flat_map(|token| token.line..=token.last_line).collect();
        lines.len()
    }

    /// The lines at which these tokens follow each other.
    pub(super) fn lines_with(&self, pattern: &[&str]) -> Vec<usize> {
        self.places_of(pattern, 0..self.tokens.len()).map(|at| self.tokens[at].line).collect()
    }

    /// The names of the modules that the file declares.
    pub(super) fn modules(&self) -> impl Iterator<Item = &Token> {
        self.places_of(&["mod"], 0..self.tokens.len()).filter_map(|at| self.tokens.get(at + 1))
    }

    /// The lines of `allow(…)` and `expect(…)` in attributes that give no reason.
    pub(super) fn exceptions_without_reason(&self) -> Vec<usize> {
        let mut lines = Vec::new();
        for attribute in self.attributes() {
            for name in ["allow", "expect"] {
                for at in self.places_of(&[name, "("], attribute.clone()) {
                    let arguments = at + 1..self.end_of_group(at + 1);
                    if self.places_of(&["reason", "="], arguments).next().is_none() {
                        lines.push(self.tokens[at].line);
                    }
                }
            }
        }
        lines
    }

    /// The lines of a word within modules that are compiled for tests only.
    pub(super) fn lines_in_test_modules(&self, word: &str) -> Vec<usize> {
        let mut lines = Vec::new();
        for at in self.places_of(&["cfg", "(", "test", ")", "]"], 0..self.tokens.len()) {
            let Some(open) = (at..self.tokens.len()).find(|&at| matches!(self.tokens[at].text.as_str(), "{" | ";"))
            else {
                continue;
            };
            let body = open..self.end_of_group(open);
            if self.places_of(&["mod"], at..open).next().is_some() {
                lines.extend(self.places_of(&[word], body).map(|at| self.tokens[at].line));
            }
        }
        lines
    }

    fn attributes(&self) -> impl Iterator<Item = Range<usize>> {
        let outer = self.places_of(&["#", "["], 0..self.tokens.len()).map(|at| at + 1);
        let inner = self.places_of(&["#", "!", "["], 0..self.tokens.len()).map(|at| at + 2);
        outer.chain(inner).map(|open| open..self.end_of_group(open))
    }

    fn places_of<'a>(&'a self, pattern: &'a [&str], within: Range<usize>) -> impl Iterator<Item = usize> + use<'a> {
        let start = within.start;
        let windows = self.tokens[within].windows(pattern.len()).enumerate();
        let fits = move |window: &[Token]| window.iter().zip(pattern).all(|(token, wanted)| token.text == *wanted);
        windows.filter(move |(_, window)| fits(window)).map(move |(at, _)| start + at)
    }

    /// The place after the bracket that closes the one at `open`.
    pub(super) fn end_of_group(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token.text.as_str() {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return at + 1;
            }
        }
        self.tokens.len()
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        // A documentation comment is an attribute to the compiler, all of whose tokens are where the comment is.
        if matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '#') && is_comment(tree.span()) {
            let comment = tree.span().start();
            while trees.next_if(|next| next.span().start() == comment).is_some() {}
            continue;
        }
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(token(open.to_owned(), group.span_open()));
                flatten(group.stream(), tokens);
                tokens.push(token(close.to_owned(), group.span_close()));
            }
            tree => tokens.push(token(tree.to_string(), tree.span())),
        }
    }
}

fn is_comment(span: Span) -> bool {
    span.source_text().is_some_and(|text| text.starts_with("//") || text.starts_with("/*"))
}

fn token(text: String, span: Span) -> Token {
    Token { text, line: span.start().line, last_line: span.end().line }
}

#[test]
fn comments_and_blank_lines_are_no_code() {
    let text = "//! A crate.\n\n/* more\nof it */\n/// A function.\nfn one() { // here\n    /* todo!() */ two(\"todo!()\n\")\n}\n";
    let source = Source::parse(text).unwrap();
    assert_eq!(source.lines_of_code(), 4);
    assert!(source.lines_with(&["todo", "!"]).is_empty());
}

#[test]
fn words_are_found_by_their_line() {
    let text = "mod utils;\nfn one() {\n    todo!()\n}\nmod inner { mod deeper {} }\n";
    let source = Source::parse(text).unwrap();
    assert_eq!(source.lines_with(&["todo", "!"]), [3]);
    let modules: Vec<_> = source.modules().map(|name| (name.text.as_str(), name.line)).collect();
    assert_eq!(modules, [("utils", 1), ("inner", 5), ("deeper", 5)]);
    assert!(Source::parse("fn (").is_err());
}

#[test]
fn an_exception_without_a_reason_is_found_in_every_kind_of_attribute() {
    let text = "#![allow(a)]\n#![allow(a, reason = \"so\")]\n#[expect(b)]\n#[cfg_attr(test, expect(b))]\nfn f() {\n    #[expect(b, reason = \"so\")]\n    x.expect(\"why\")\n}\n";
    let mut lines = Source::parse(text).unwrap().exceptions_without_reason();
    lines.sort_unstable();
    assert_eq!(lines, [1, 3, 4]);
}

#[test]
fn test_modules_are_told_from_the_rest() {
    let text =
        "fn f() { sleep() }\n#[cfg(test)]\nmod tests {\n    use x::sleep;\n}\n#[cfg(test)]\nfn g() { sleep() }\n";
    assert_eq!(Source::parse(text).unwrap().lines_in_test_modules("sleep"), [4]);
}
