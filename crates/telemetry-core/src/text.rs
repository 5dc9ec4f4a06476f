//! How long a text of a peer may be where it is recorded.

use std::borrow::Cow;

/// The most bytes of a name that somebody else says: a tool, a model, a host, an id. Longer ones are no names, and become
/// no label.
pub const NAME: usize = 256;

/// The most bytes of what somebody else says beyond a name: a path, a user agent, a reason, an error's message.
pub const MESSAGE: usize = 1024;

/// What stands where a text was cut.
const MARK: &str = "…";

/// The text, if it has at most so many bytes; else as much of its beginning as leaves room for `…`. It is cut between two
/// characters, and never longer than `most`.
///
/// It is for spans and log records. A label takes the text as it came: what is cut looks like a name that was made up.
///
/// ```
/// use telemetry_core::text::cut;
///
/// assert_eq!(cut("search_issues", 16), "search_issues");
/// assert_eq!(cut("search_all_the_issues", 16), "search_all_th…");
/// assert_eq!(cut("ééé", 5), "é…");
/// ```
#[must_use]
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    match most.checked_sub(MARK.len()) {
        Some(room) => Cow::Owned(format!("{}{MARK}", &text[..text.floor_char_boundary(room)])),
        None => Cow::Borrowed(&text[..text.floor_char_boundary(most)]),
    }
}
