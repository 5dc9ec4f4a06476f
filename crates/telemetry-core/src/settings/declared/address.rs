//! The address of a collector.

use std::fmt;

use http::Uri;

use crate::mask::REDACTED;
use crate::setting::{Node, SettingValue, Syntax};

/// An address as it was written, not yet checked; credentials in it never show up in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Url(String);

impl Url {
    pub(super) fn check(&self) -> Result<(), String> {
        self.to_uri().map(|_| ()).ok_or_else(|| Self::accepted(Syntax::Unit))
    }

    /// The address, if it is one of a collector.
    pub(in crate::settings) fn to_uri(&self) -> Option<Uri> {
        // A fragment is dropped by the parser, and everything but the authority by the gRPC client.
        let text = &self.0;
        let uri: Uri = text.parse().ok()?;
        let authority = uri.authority()?;
        let sound = matches!(uri.scheme_str()?, "http" | "https")
            && !authority.host().is_empty()
            && !authority.as_str().contains('@')
            && (authority.as_str() == authority.host() || authority.port_u16().is_some_and(|port| port > 0))
            && matches!(uri.path(), "" | "/")
            && uri.query().is_none()
            && !text.contains('#');
        sound.then_some(uri)
    }

    /// The address without what may be credentials: what is before an `@`, and the query.
    fn redacted(&self) -> String {
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

impl SettingValue for Url {
    fn accepted(_: Syntax) -> String {
        "http:// or https:// with a host and a port, such as http://collector:4317, without credentials, path and query"
            .to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        String::read(node, syntax).map(Self)
    }

    fn write(&self) -> String {
        self.redacted()
    }

    fn shown(node: &Node) -> String {
        node.text().map_or_else(|| node.to_string(), |text| format!("{:?}", Self::from(text).redacted()))
    }
}
