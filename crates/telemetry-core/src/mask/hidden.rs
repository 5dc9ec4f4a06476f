//! A text of which parts are being replaced.

use std::borrow::Cow;
use std::ops::Range;

/// What stands for what was taken out, everywhere: in messages, content, settings and debug output.
pub const REDACTED: &str = "[redacted]";

/// A text, and the parts of it that are hidden.
pub(super) struct Hidden<'a> {
    text: &'a str,
    parts: Vec<Range<usize>>,
    /// Whether each part is behind all that were hidden before.
    is_in_order: bool,
}

impl<'a> Hidden<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, parts: Vec::new(), is_in_order: true }
    }

    /// Hides a part, which may hold parts that are hidden already.
    pub(super) fn hide(&mut self, part: Range<usize>) {
        self.is_in_order &= self.parts.last().is_none_or(|last| last.end <= part.start);
        self.parts.push(part);
    }

    pub(super) fn finish(mut self) -> Cow<'a, str> {
        if self.parts.is_empty() {
            return Cow::Borrowed(self.text);
        }
        if !self.is_in_order {
            self.parts.sort_unstable_by_key(|part| part.start);
        }
        let mut out = String::with_capacity(self.text.len());
        let mut copied = 0;
        for part in self.parts {
            if part.start >= copied {
                out.push_str(&self.text[copied..part.start]);
                out.push_str(REDACTED);
            }
            copied = copied.max(part.end);
        }
        out.push_str(&self.text[copied..]);
        Cow::Owned(out)
    }
}
