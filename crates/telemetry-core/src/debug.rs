//! What is printed of an error by whoever prints it with `Debug`, as `main` does.

/// Has an error's `Debug` be its message: `fn main() -> Result<(), Box<dyn Error>>` prints an error with `Debug`, and who
/// reads it there wants to know what is wrong.
///
/// ```
/// #[derive(thiserror::Error)]
/// #[error("the mail server does not answer")]
/// struct NoAnswer;
///
/// telemetry_core::debug_as_display!(NoAnswer);
///
/// assert_eq!(format!("Error: {NoAnswer:?}"), "Error: the mail server does not answer");
/// ```
#[macro_export]
macro_rules! debug_as_display {
    ($($error:ty),+ $(,)?) => { $(
        impl ::core::fmt::Debug for $error {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self, f)
            }
        }
    )+ };
}
