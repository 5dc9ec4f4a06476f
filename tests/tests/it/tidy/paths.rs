//! The names that a Rust file takes from elsewhere in its crate, and those that it hands on.

use super::source::{Source, Token};

/// A path as it is written, within how many inline modules, and whether a `use` says it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    pub(super) segments: Vec<String>,
    pub(super) depth: usize,
    pub(super) said: Said,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// In code.
    InCode,
    /// By a `use` that binds this name (`*` for all names there are).
    InUse { name: String, exported: bool },
}

impl Source {
    /// Every path, modules that are compiled for tests only left out.
    pub(super) fn paths(&self) -> Vec<Path> {
        let mut paths = Vec::new();
        let (mut at, mut braces, mut inline) = (0, 0_usize, Vec::new());
        while let Some(token) = self.tokens.get(at) {
            match token.text.as_str() {
                "mod" if self.text(at + 2) == "{" => {
                    if self.is_for_tests(at) {
                        at = self.end_of_group(at + 2);
                        continue;
                    }
                    inline.push(braces);
                }
                "{" => braces += 1,
                "}" => {
                    braces = braces.saturating_sub(1);
                    if inline.last() == Some(&braces) {
                        inline.pop();
                    }
                }
                "use" if self.text(at + 1) != "<" => {
                    let exported = self.is_exported(at);
                    let mut leaves = Vec::new();
                    at = tree(&self.tokens, at + 1, &[], &mut leaves);
                    paths.extend(leaves.into_iter().map(|(segments, name)| Path {
                        segments,
                        depth: inline.len(),
                        said: Said::InUse { name, exported },
                    }));
                    continue;
                }
                _ if self.begins_path(at) => {
                    let (segments, after) = plain(&self.tokens, at);
                    paths.push(Path { segments, depth: inline.len(), said: Said::InCode });
                    at = after;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        paths
    }

    /// The names of the types and traits that the file defines for others to see, with their lines.
    pub(super) fn visible_types(&self) -> Vec<(&str, usize)> {
        let mut types = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            if self.text(at) == "mod" && self.text(at + 2) == "{" && self.is_for_tests(at) {
                at = self.end_of_group(at + 2);
                continue;
            }
            let is_type = matches!(self.text(at), "struct" | "enum" | "trait" | "union" | "type");
            if is_type && is_name(self.text(at + 1)) && self.is_exported(at) {
                types.push((self.text(at + 1), self.tokens[at].line));
            }
            at += 1;
        }
        types
    }

    /// The names of the items that the file defines.
    pub(super) fn defined(&self) -> impl Iterator<Item = &str> {
        const KEYWORDS: [&str; 8] = ["const", "enum", "fn", "static", "struct", "trait", "type", "union"];
        (0..self.tokens.len()).filter(|&at| KEYWORDS.contains(&self.text(at))).map(|at| self.text(at + 1))
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    /// Whether the item whose keyword is there has a visibility.
    fn is_exported(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).map_or("", |at| self.text(at));
        before(1) == "pub" || before(1) == ")" && (2..8).any(|back| before(back) == "(" && before(back + 1) == "pub")
    }

    /// Whether a `mod` follows the attribute `cfg(test)`.
    fn is_for_tests(&self, at: usize) -> bool {
        let begin = at.saturating_sub(6);
        self.tokens[begin..at].iter().map(|token| token.text.as_str()).eq(["[", "cfg", "(", "test", ")", "]"])
    }

    fn begins_path(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).map_or("", |at| self.text(at));
        let goes_on = before(1) == ":" && before(2) == ":" || matches!(before(1), "in" | ".");
        is_name(self.text(at)) && self.text(at + 1) == ":" && self.text(at + 2) == ":" && !goes_on
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The segments of a path in code, and the place after it.
fn plain(tokens: &[Token], mut at: usize) -> (Vec<String>, usize) {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut segments = vec![text(at).to_owned()];
    at += 1;
    while text(at) == ":" && text(at + 1) == ":" && is_name(text(at + 2)) {
        segments.push(text(at + 2).to_owned());
        at += 3;
    }
    (segments, at)
}

/// Reads one branch of a `use`, and returns the place after it.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], leaves: &mut Vec<(Vec<String>, String)>) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut segments = prefix.to_vec();
    loop {
        match text(at) {
            "{" => {
                at += 1;
                while !matches!(text(at), "}" | "") {
                    at = tree(tokens, at, &segments, leaves);
                    at += usize::from(text(at) == ",");
                }
                return at + 1;
            }
            ":" => at += 1,
            "as" => {
                leaves.push((segments, text(at + 1).to_owned()));
                return at + 2;
            }
            "*" => {
                leaves.push((segments, "*".to_owned()));
                return at + 1;
            }
            "self" if !segments.is_empty() => at += 1,
            name if is_name(name) => {
                segments.push(name.to_owned());
                at += 1;
            }
            _ => {
                let name = segments.last().cloned().unwrap_or_default();
                leaves.push((segments, name));
                return at;
            }
        }
    }
}

#[test]
fn paths_are_read_from_uses_and_from_code() {
    let text = "pub use a::B;\nuse crate::c::{self, D as E, f::*};\nmod inner {\n    use super::G;\n}\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\nfn f() -> impl Sized + use<'_> { super::h::i(x: crate::J, self::K) }\npub(in crate::k) struct L;";
    let paths = Source::parse(text).unwrap().paths();
    let shown = |path: &Path| match &path.said {
        Said::InCode => path.segments.join("::"),
        Said::InUse { name, exported } => {
            format!(
                "{}use {} as {name} in {}",
                if *exported { "pub " } else { "" },
                path.segments.join("::"),
                path.depth
            )
        }
    };
    let expected = [
        "pub use a::B as B in 0",
        "use crate::c as c in 0",
        "use crate::c::D as E in 0",
        "use crate::c::f as * in 0",
        "use super::G as G in 1",
        "super::h::i",
        "crate::J",
        "self::K",
    ];
    assert_eq!(paths.iter().map(shown).collect::<Vec<_>>(), expected);
}

#[test]
fn types_that_others_see_are_told_from_those_of_one_file() {
    let text = "pub struct A;\nenum B {}\npub(crate) trait C {}\n#[cfg(test)]\nmod tests {\n    pub struct D;\n}\npub(in crate::x) type E = ();\n";
    assert_eq!(Source::parse(text).unwrap().visible_types(), [("A", 1), ("C", 3), ("E", 8)]);
}
