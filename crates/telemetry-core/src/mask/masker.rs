//! The masker as an application sets it up: what is known to be a secret, and what it adds.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::hidden::REDACTED;
use super::known;
use super::own::Own;
use super::shapes;

/// Takes secrets out of texts and fields as [`Policy::Known`](super::Policy::Known) does, and what the application adds to
/// that. Cheap to clone.
///
/// It takes time in proportion to the text, never panics, and allocates nothing for a text without secrets.
///
/// ```
/// use telemetry_core::mask::Masker;
///
/// let masker = Masker::new(["employee_pin"], ["acme_live_"]);
/// assert_eq!(masker.text("EMPLOYEE-PIN: 4711, key acme_live_8f3k"), "EMPLOYEE-PIN: [redacted], key [redacted]");
/// assert_eq!(masker.field("employeePin", "4711"), "[redacted]");
/// assert_eq!(Masker::default().text("password=hunter2"), "password=[redacted]");
/// ```
#[derive(Clone, Default)]
pub struct Masker(Option<Arc<Own>>);

impl Masker {
    /// A masker that knows more: `names` whose values are secrets, compared as those that are known
    /// ([`is_secret_name`](super::is_secret_name)): without case, `_` and `-`, by their end. And `pieces` of text, compared
    /// without case: a word that has one in it goes as a whole.
    #[must_use]
    pub fn new<N: AsRef<str>, P: AsRef<str>>(
        names: impl IntoIterator<Item = N>,
        pieces: impl IntoIterator<Item = P>,
    ) -> Self {
        let names: Vec<N> = names.into_iter().collect();
        let pieces: Vec<P> = pieces.into_iter().collect();
        Self(Own::new(names.iter().map(AsRef::as_ref), pieces.iter().map(AsRef::as_ref)).map(Arc::new))
    }

    /// Whether a field of this name holds a secret.
    #[must_use]
    pub fn is_secret_name(&self, name: &str) -> bool {
        Own::is_secret_name(self.0.as_deref(), name)
    }

    /// The text without secrets.
    #[must_use]
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        known::mask(text, self.0.as_deref())
    }

    /// An id without tokens of well-known services. What is random stays: whoever looks for an id has to find it.
    ///
    /// ```
    /// use telemetry_core::mask::Masker;
    ///
    /// let masker = Masker::default();
    /// assert_eq!(masker.id("x8Kq2Lm9Pz4Rt7Vw3Yb6Nc1D"), "x8Kq2Lm9Pz4Rt7Vw3Yb6Nc1D");
    /// assert_eq!(masker.id("sk-abcdefghijklmnop"), "[redacted]");
    /// ```
    #[must_use]
    pub fn id<'a>(&self, id: &'a str) -> Cow<'a, str> {
        let has_piece = || self.0.as_ref().is_some_and(|own| own.has_piece(id));
        if shapes::is_id(id) && !has_piece() { Cow::Borrowed(id) } else { self.text(id) }
    }

    /// Whether the argument behind this one is a secret: behind `--token`, and not behind `--token=…`.
    #[cfg(feature = "json")]
    pub(crate) fn is_secret_option(&self, argument: &str) -> bool {
        argument.starts_with("--") && !argument.contains('=') && self.is_secret_name(argument)
    }

    /// The value of a field without secrets: [`REDACTED`] if the name is that of a secret.
    #[must_use]
    pub fn field<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        if self.is_secret_name(name) { Cow::Borrowed(REDACTED) } else { self.text(value) }
    }
}

impl fmt::Debug for Masker {
    /// What is added tells what the secrets look like, and is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker").field("adds", &self.0.is_some()).finish()
    }
}
