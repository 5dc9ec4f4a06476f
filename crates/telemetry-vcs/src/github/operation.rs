//! What a request asks of GitHub, as its span is named.

use std::borrow::Cow;
use std::fmt;

use http::Method;
use telemetry_core::text::{NAME, cut};

use super::endpoint::Endpoint;

/// What a request asks of GitHub, for the span's name: put it among the request's extensions, where GitHub's own name of the
/// operation tells too little. That is above all GraphQL, where it is `graphql` for every query.
///
/// ```
/// use http::Request;
/// use telemetry_vcs::GitHubOperation;
///
/// let request = Request::post("https://api.github.com/graphql").extension(GitHubOperation::from_static("viewer"));
/// # assert!(request.body(()).is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitHubOperation(Cow<'static, str>);

impl GitHubOperation {
    /// An operation known when the program is compiled.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// An operation whose name is made when the program runs; cut to 256 bytes.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        Self(if name.len() <= NAME { name } else { Cow::Owned(cut(&name, NAME).into_owned()) })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one among a request's extensions.
    #[cfg(any(feature = "reqwest", feature = "tower"))]
    pub(super) fn among(extensions: &http::Extensions) -> Option<Self> {
        extensions.get::<Self>().cloned()
    }

    /// What GitHub calls it; the method where GitHub has no name for it.
    pub(super) fn of(endpoint: Endpoint, method: &Method) -> Self {
        Self(Cow::Borrowed(endpoint.operation().unwrap_or_else(|| known(method))))
    }
}

impl fmt::Display for GitHubOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The method, or one word for all that GitHub does not know.
pub(super) fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}
