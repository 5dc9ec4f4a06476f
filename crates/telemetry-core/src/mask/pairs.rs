//! Names and values that stand beside each other in an object: `{"name": "api_key", "value": "…"}`, in either order.

use std::ops::Range;

use super::own::Own;
use super::value::{after_assignment, quoted, unquoted};
use super::{names, value};

/// How many objects within each other are kept; one that lies deeper takes the place of the outermost.
const KEPT: usize = 16;
/// The longest name, and the longest value without quotes, that are looked at.
const LONGEST: usize = 256;

/// What is known of the objects that a place in a text lies in.
pub(super) struct Pairs<'a> {
    text: &'a str,
    objects: [Object; KEPT],
    depth: usize,
    /// Braces before this place are part of a value.
    within: usize,
    own: Option<&'a Own>,
}

/// An object so far; the outermost is the text itself, where only what follows directly belongs together.
#[derive(Clone, Default)]
struct Object {
    /// Where the name of a secret ends that says what the value is.
    named: Option<usize>,
    /// A value whose name is not known yet.
    value: Option<Range<usize>>,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(text: &'a str, own: Option<&'a Own>) -> Self {
        Self { text, objects: Default::default(), depth: 0, within: 0, own }
    }

    /// Passes what stands between two words.
    pub(super) fn pass(&mut self, between: Range<usize>) {
        if between.len() == 1 && self.text.as_bytes()[between.start] == b' ' {
            return;
        }
        for (at, byte) in self.text.as_bytes()[between.clone()].iter().enumerate() {
            if between.start + at < self.within {
                continue;
            }
            match byte {
                b'{' => {
                    self.depth += 1;
                    self.objects[self.depth % KEPT] = Object::default();
                }
                b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// The value that is a secret because of this word, a key beside the value or the value's own.
    pub(super) fn secret(&mut self, word: Range<usize>) -> Option<Range<usize>> {
        let key = &self.text[word.clone()];
        let (is_name, is_value) = (names::is_key_of_name(key), names::is_key_of_value(key));
        if !is_name && !is_value {
            return None;
        }
        let start = after_assignment(self.text, word.end)?;
        let given = self.given(start)?;
        let depth = self.depth;
        let text = self.text;
        let is_beside = |end: usize, next: usize| {
            let between = text.get(end..next).unwrap_or("-");
            depth > 0 || between.bytes().all(|byte| byte.is_ascii_whitespace() || b"\"'`,&;\\".contains(&byte))
        };
        let object = &mut self.objects[depth % KEPT];
        if is_name {
            if !Own::is_secret_name(self.own, &text[given.clone()]) || text[given.clone()].contains(' ') {
                return None;
            }
            object.named = Some(given.end);
            return object.value.take().filter(|value| is_beside(value.end, word.start));
        }
        if object.named.take().is_some_and(|end| is_beside(end, word.start)) {
            return value::value(text, word, start);
        }
        object.value = Some(given.clone()).filter(|given| !names::is_nothing(&text[given.clone()]));
        let braces = |c| text[given.clone()].matches(c).count();
        if braces('{') != braces('}') {
            self.within = given.end;
        }
        None
    }

    /// What a key is given, if that is near.
    fn given(&self, start: usize) -> Option<Range<usize>> {
        let behind = self.text[start..].trim_start_matches([' ', '\t']);
        let escaped = behind.trim_start_matches('\\');
        let start = self.text.len() - escaped.len();
        match escaped.chars().next()? {
            quote @ ('"' | '\'' | '`') => quoted(self.text, start + 1, quote, behind.len() - escaped.len()),
            _ => {
                let near = &self.text[..self.text.floor_char_boundary(start + LONGEST)];
                unquoted(near, start)
            }
        }
    }
}
