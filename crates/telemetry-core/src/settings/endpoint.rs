//! Addresses and headers of a collector, checked.

use http::uri::Uri;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::SettingsError;
use super::layers::Layers;
use super::list::Headers;
use super::secret::Url;

/// The address of a collector.
pub(super) fn parse(layers: &Layers, key: &str, url: &Url) -> Result<Uri, SettingsError> {
    address(url.expose()).ok_or_else(|| SettingsError::Value {
        setting: layers.name(key),
        value: format!("{:?}", url.redacted()),
        accepted: "http:// or https:// with a host and a port, such as http://collector:4317, without credentials, \
                   path and query"
            .to_owned(),
    })
}

fn address(text: &str) -> Option<Uri> {
    // A fragment is dropped by the parser, and everything but the authority by the gRPC client.
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

/// Headers that go with every export.
pub(super) fn headers(layers: &Layers, key: &str, headers: Option<&Headers>) -> Result<HeaderMap, SettingsError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers.into_iter().flat_map(Headers::iter) {
        let Some((parsed, value)) = header(name, value) else {
            let accepted = "names of HTTP headers other than content-type, te, grpc-* and *-bin, and values of \
                            visible ASCII characters";
            return Err(layers.refuse(key, "", accepted));
        };
        if map.insert(parsed, value).is_some() {
            return Err(layers.refuse(key, "", "each name once"));
        }
    }
    Ok(map)
}

/// Reserved are the names by which gRPC itself speaks, and those whose values would have to be binary.
fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let reserved = name == http::header::CONTENT_TYPE
        || name == http::header::TE
        || name.as_str().starts_with("grpc-")
        || name.as_str().ends_with("-bin");
    let mut value = HeaderValue::from_str(value).ok().filter(|value| value.to_str().is_ok())?;
    value.set_sensitive(true);
    (!reserved).then_some((name, value))
}
