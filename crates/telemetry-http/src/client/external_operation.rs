//! What a request asks of the other service, as its span is named.

use std::borrow::Cow;
use std::fmt;

use http::Extensions;

/// What a request asks of the other service, for the span's name: put it among the request's extensions.
///
/// ```
/// use http::Request;
/// use telemetry_http::ExternalOperation;
///
/// let operation = ExternalOperation::from_static("create_issue");
/// let request = Request::post("https://api.github.com/repos/o/r/issues").extension(operation);
/// # assert!(request.body(()).is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalOperation(Cow<'static, str>);

impl ExternalOperation {
    /// An operation known when the program is compiled.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// An operation whose name is made when the program runs.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of a request's operation; without one, its method says what is asked.
    pub(super) fn of(extensions: &Extensions, method: &'static str) -> Cow<'static, str> {
        extensions.get::<Self>().map_or(Cow::Borrowed(method), |operation| operation.0.clone())
    }
}

impl fmt::Display for ExternalOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
