//! Values that no debug output and no error may show.

use std::fmt;

use super::node::{FromNode, Node, Syntax};

/// What stands for a secret in errors and debug output.
pub(super) const REDACTED: &str = "[redacted]";

/// Bytes that never show up in debug output: a token, a private key.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Keeps these bytes secret.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// An address as it was written, not yet checked; credentials in it never show up in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Url(String);

impl Url {
    /// The address, with what may be credentials.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// The address without what may be credentials: what is before an `@`, and the query.
    pub(super) fn redacted(&self) -> String {
        let text = self.0.split(['?', '#']).next().unwrap_or_default();
        let query = if text.len() < self.0.len() { format!("?{REDACTED}") } else { String::new() };
        let Some((credentials, host)) = text.rsplit_once('@') else { return format!("{text}{query}") };
        let scheme = credentials.split_once("://").map_or(String::new(), |(scheme, _)| format!("{scheme}://"));
        format!("{scheme}{REDACTED}@{host}{query}")
    }
}

impl<T: Into<String>> From<T> for Url {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.redacted())
    }
}

impl FromNode for Url {
    fn from_node(node: &Node, syntax: Syntax) -> Result<Self, String> {
        String::from_node(node, syntax).map(Self)
    }
}
