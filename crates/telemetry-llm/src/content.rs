//! Prompts and completions on spans: only where a call site asks for them, masked and cut.

use std::borrow::Cow;

use telemetry_core::mask;

/// What stands for the end of a text that was cut.
const CUT: &str = "[cut]";

/// How a call site records what is said. Without one, nothing is.
///
/// ```
/// use telemetry_llm::Content;
///
/// let content = Content { max_chars: 22, ..Content::default() };
/// assert_eq!(content.shown("the key is sk-abcdefghijklmnop, use it"), "the key is [redacted],[cut]");
/// ```
#[derive(Clone, Copy)]
pub struct Content {
    /// How many characters of a prompt or a completion are kept. Default: 2,000.
    pub max_chars: usize,
    /// What hides secrets before the text is cut. Default: [`mask::text`], by which identifiers and
    /// ordinary words stay readable.
    pub mask: fn(&str) -> Cow<'_, str>,
}

impl Default for Content {
    fn default() -> Self {
        Self { max_chars: 2_000, mask: mask::text }
    }
}

impl Content {
    /// A text as it is recorded.
    #[must_use]
    pub fn shown(&self, text: &str) -> String {
        // Masked before it is cut: half a secret is not recognized any more.
        let masked = (self.mask)(text);
        match masked.char_indices().nth(self.max_chars) {
            Some((end, _)) => format!("{}{CUT}", &masked[..end]),
            None => masked.into_owned(),
        }
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content").field("max_chars", &self.max_chars).finish_non_exhaustive()
    }
}
