//! What is printed of an error by whoever prints it with `Debug`, as `main` does.

use std::error::Error;
use std::fmt;

/// Has an error's `Debug` be its message and those of its causes: `fn main() -> Result<(), Box<dyn Error>>` prints an
/// error with `Debug`, and who reads it there wants to know what is wrong.
///
/// ```
/// #[derive(thiserror::Error)]
/// #[error("the mail server does not answer")]
/// struct NoAnswer(#[source] std::io::Error);
///
/// telemetry_core::debug_as_display!(NoAnswer);
///
/// let error = NoAnswer(std::io::Error::other("connection refused"));
/// assert_eq!(format!("Error: {error:?}"), "Error: the mail server does not answer: connection refused");
/// ```
#[macro_export]
macro_rules! debug_as_display {
    ($($error:ty),+ $(,)?) => { $(
        impl ::core::fmt::Debug for $error {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::__private::fmt_with_causes(self, f)
            }
        }
    )+ };
}

/// Writes an error and its causes, but for a cause that a message before it tells already.
pub fn fmt_with_causes(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.contains(&message) {
            text = format!("{text}: {message}");
        }
        cause = error.source();
    }
    f.write_str(&text)
}
