//! An error with its causes as one text: whole where it is printed, masked and cut where it is recorded.

use std::error::Error;
use std::fmt::{self, Write as _};

use crate::mask;
use crate::text::MESSAGE;

/// As much is read of an error before it is masked: some quote the whole body of an answer.
const READ: usize = 16 * MESSAGE;

/// What an error says, and after it what its causes say, for spans and log records: without secrets
/// ([`mask::text`]), at most some 1 KiB long, and a cause that a message before it tells already is left out.
///
/// A guard asks [`Operation::error_message`](crate::Operation::error_message), which does it only where somebody reads it.
///
/// ```
/// use std::io;
///
/// use telemetry_core::error_message;
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("the orders cannot be stored")]
/// struct NotStored(#[source] io::Error);
///
/// let error = NotStored(io::Error::other("postgres://app:hunter2@db refused the connection"));
/// assert_eq!(
///     error_message(&error),
///     "the orders cannot be stored: postgres://app:[redacted]@db refused the connection"
/// );
/// ```
#[must_use]
pub fn error_message(error: &dyn Error) -> String {
    let (mut text, whole) = chain(error, READ);
    if !whole {
        // Half a word may be half a secret, which no masker knows.
        text.truncate(text.rfind(char::is_whitespace).unwrap_or(0));
    }
    let mut text = mask::text(&text).into_owned();
    if text.len() > MESSAGE || !whole {
        text.truncate(text.floor_char_boundary(MESSAGE));
        text.push('…');
    }
    text
}

/// Writes an error and its causes, but for a cause that a message before it tells already.
pub fn fmt_with_causes(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&chain(error, usize::MAX).0)
}

/// The messages, and whether that is all of them.
fn chain(error: &dyn Error, most: usize) -> (String, bool) {
    let mut text = Bounded { text: String::new(), most, whole: true };
    // It fails where the text is full, which `whole` says, or the error's own `Display` does.
    let _ = write!(text, "{error}");
    let mut cause = error.source();
    while let Some(error) = cause.filter(|_| text.whole) {
        let mut message = Bounded { text: String::new(), most, whole: true };
        let _ = write!(message, "{error}");
        text.whole = message.whole;
        if !text.text.contains(&message.text) {
            let separator = if text.text.is_empty() { "" } else { ": " };
            let _ = write!(text, "{separator}{}", message.text);
        }
        cause = error.source();
    }
    (text.text, text.whole)
}

/// A text that takes only so many bytes.
struct Bounded {
    text: String,
    most: usize,
    whole: bool,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let room = self.most - self.text.len();
        if more.len() <= room {
            self.text.push_str(more);
            return Ok(());
        }
        self.text.push_str(&more[..more.floor_char_boundary(room)]);
        self.whole = false;
        Err(fmt::Error)
    }
}
