//! What is printed of an error by whoever prints it with `Debug`, as `main` does.

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
