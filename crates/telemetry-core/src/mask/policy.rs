//! What is asked of the masker: how much it takes out, of a text or of a field.

use std::borrow::Cow;

use super::hidden::REDACTED;
use super::{known, names, strict};

/// How much is taken for a secret.
///
/// | | [`Known`](Self::Known) | [`Strict`](Self::Strict) |
/// |---|---|---|
/// | values of secret names (`password=…`, `"api_key": "…"`, `--token …`, `Cookie: …`) | go | go |
/// | what follows `Bearer`, `Basic` and their like | goes | goes |
/// | the same as pairs of an object (`{"name": "token", "value": "…"}`, either order), and in texts within texts | go | go |
/// | passwords in connection strings (`Pwd=…;`, `user:app,password:…`) and what was rejected (`password rejected: …`) | go | go |
/// | passwords in addresses (`postgres://me:…@db`), also percent-encoded | go | the whole address goes |
/// | tokens of well-known services, JSON web tokens, private keys in PEM | go | go |
/// | words as random as only keys are | go | go |
/// | UUIDs, hashes, long words | stay | go |
/// | addresses, mail addresses, queries, other pairs (`host=db`) | stay | go |
/// | what a sentence gives as a secret (`the password is hunter2`) | stays | goes |
///
/// Both take time in proportion to the text, and neither panics, whatever the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Policy {
    /// What is a secret by its name or its shape goes, and the rest stays readable: for texts that people wrote, and for
    /// logs.
    #[default]
    Known,
    /// What may be a secret goes too: for texts that strangers may read, of libraries whose habits nobody knows.
    Strict,
}

impl Policy {
    /// The text without secrets.
    ///
    /// ```
    /// use telemetry_core::mask::Policy;
    ///
    /// let error = "cannot reach postgres://app:hunter2@db.internal/prod as app@db.internal";
    /// assert_eq!(
    ///     Policy::Known.text(error),
    ///     "cannot reach postgres://app:[redacted]@db.internal/prod as app@db.internal"
    /// );
    /// assert_eq!(Policy::Strict.text(error), "cannot reach [redacted] as [redacted]");
    /// ```
    #[must_use]
    pub fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Known => known::mask(text, None),
            Self::Strict => strict::mask(text),
        }
    }

    /// The value of a field without secrets: [`REDACTED`] if the name is that of a secret.
    ///
    /// ```
    /// use telemetry_core::mask::Policy;
    ///
    /// assert_eq!(Policy::Known.field("apiKey", "hunter2"), "[redacted]");
    /// assert_eq!(Policy::Known.field("command", "login --token hunter2"), "login --token [redacted]");
    /// ```
    #[must_use]
    pub fn field<'a>(self, name: &str, value: &'a str) -> Cow<'a, str> {
        if names::is_secret_name(name) { Cow::Borrowed(REDACTED) } else { self.text(value) }
    }
}

/// The text without what is a secret by its name or its shape: [`Policy::Known`], as a function.
///
/// ```
/// use telemetry_core::mask;
///
/// assert_eq!(mask::text("use sk-abcdefghijklmnop, not password=hunter2"), "use [redacted], not password=[redacted]");
/// ```
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    Policy::Known.text(text)
}
