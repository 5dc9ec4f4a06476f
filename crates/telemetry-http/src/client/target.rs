//! Whom a request goes to, without what may be secret.

use std::borrow::Cow;

use http::{Method, Uri};
use telemetry_core::text::{MESSAGE, NAME, cut};

use crate::method;

/// Whom a request goes to, without what may be secret: user, password and query.
#[derive(Debug, Clone, Default)]
pub(super) struct Target<'a> {
    pub(super) method: Option<&'static str>,
    pub(super) original_method: Option<Cow<'a, str>>,
    pub(super) scheme: Option<&'a str>,
    pub(super) host: Option<&'a str>,
    pub(super) port: Option<u16>,
    pub(super) path: Option<&'a str>,
}

impl<'a> Target<'a> {
    pub(super) fn of(method: &'a Method, uri: &'a Uri) -> Self {
        let (scheme, host, port) = (uri.scheme_str(), uri.host(), uri.port_u16());
        Self { scheme, host, port, path: Some(uri.path()), ..Self::by(method) }
    }

    #[cfg(feature = "reqwest")]
    pub(super) fn of_reqwest(request: &'a reqwest::Request) -> Self {
        let url = request.url();
        let scheme = Some(url.scheme());
        Self { scheme, host: url.host_str(), port: url.port(), path: Some(url.path()), ..Self::by(request.method()) }
    }

    fn by(method: &'a Method) -> Self {
        let original_method = method::original(method);
        Self { method: Some(method::known(method)), original_method, ..Self::default() }
    }

    /// The address as the conventions' `url.full`, with a host and a path that are cut.
    pub(super) fn url(&self) -> Option<String> {
        let (scheme, host) = (self.scheme?, self.address()?);
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        Some(format!("{scheme}://{host}{port}{}", cut(self.path.unwrap_or_default(), MESSAGE)))
    }

    /// The host, cut.
    pub(super) fn address(&self) -> Option<Cow<'a, str>> {
        self.host.map(|host| cut(host, NAME))
    }

    /// The port, told or implied.
    pub(super) fn port(&self) -> Option<u16> {
        let implied = match self.scheme {
            Some("http") => Some(80),
            Some("https") => Some(443),
            _ => None,
        };
        self.port.or(implied)
    }
}
