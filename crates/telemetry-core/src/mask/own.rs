//! What an application adds to what is known: names of its secrets, and pieces that its tokens have.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::names;

/// Names and pieces of an application's own.
pub(super) struct Own {
    /// In lower case, letters and digits alone.
    names: Vec<String>,
    pieces: Option<AhoCorasick>,
}

impl Own {
    /// `None` where there is nothing to add.
    pub(super) fn new<'a>(
        names: impl IntoIterator<Item = &'a str>,
        pieces: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        let bare = |name: &str| -> String {
            name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
        };
        let names: Vec<String> = names.into_iter().map(bare).filter(|name| !name.is_empty()).collect();
        let pieces: Vec<&str> = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        let automaton = || AhoCorasick::builder().ascii_case_insensitive(true).build(&pieces);
        // It is only refused beyond two billion states.
        let found = (!pieces.is_empty()).then(automaton).and_then(Result::ok);
        (!names.is_empty() || found.is_some()).then_some(Self { names, pieces: found })
    }

    /// Whether a name is one of a secret, known or added.
    #[inline]
    pub(super) fn is_secret_name(own: Option<&Self>, name: &str) -> bool {
        names::is_secret_name(name)
            || own.is_some_and(|own| own.names.iter().any(|ending| names::ends_with(name, ending)))
    }

    /// Whether a text has one of the pieces in it.
    pub(super) fn has_piece(&self, text: &str) -> bool {
        self.pieces.as_ref().is_some_and(|pieces| pieces.is_match(text))
    }

    /// Tells each word that has one of the pieces in it, in the order of the text.
    pub(super) fn tokens(&self, text: &str, mut tell: impl FnMut(Range<usize>)) {
        let Some(pieces) = &self.pieces else { return };
        let ends = |c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | ';' | '&' | '(' | ')' | '{' | '}')
        };
        let mut told = 0;
        for found in pieces.find_iter(text) {
            if found.start() < told {
                continue;
            }
            // Pieces need not begin and end between two characters of the text.
            let (start, end) = (text.floor_char_boundary(found.start()), text.ceil_char_boundary(found.end()));
            let start = text[told..start]
                .rfind(ends)
                .map_or(told, |at| told + at + text[told + at..].chars().next().map_or(1, char::len_utf8));
            let end = text[end..].find(ends).map_or(text.len(), |at| end + at);
            tell(start..end);
            told = end;
        }
    }
}
