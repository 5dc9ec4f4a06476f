//! A text of which parts are being replaced.

use std::borrow::Cow;
use std::ops::Range;

/// What stands for what was taken out, everywhere: in messages, content, settings and debug output.
pub const REDACTED: &str = "[redacted]";

/// A text, copied once the first part of it is hidden.
pub(super) struct Hidden<'a> {
    text: &'a str,
    out: String,
    copied: usize,
}

impl<'a> Hidden<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, out: String::new(), copied: 0 }
    }

    /// Hides a part behind all that were hidden before.
    pub(super) fn hide(&mut self, part: Range<usize>) {
        self.out.push_str(&self.text[self.copied..part.start]);
        self.out.push_str(REDACTED);
        self.copied = part.end;
    }

    pub(super) fn finish(mut self) -> Cow<'a, str> {
        if self.out.is_empty() {
            return Cow::Borrowed(self.text);
        }
        self.out.push_str(&self.text[self.copied..]);
        Cow::Owned(self.out)
    }
}
