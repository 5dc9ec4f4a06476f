//! Headers that go with every export.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::mask::REDACTED;
use crate::setting::{Node, SettingValue, Syntax, pairs};

/// Headers that go with every export. Their values never show up in debug output.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Adds a header; name and value are checked when the settings are resolved.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    pub(super) fn check(&self) -> Result<(), String> {
        self.to_map().map(|_| ())
    }

    /// The headers as HTTP has them; the error says what is accepted.
    pub(in crate::settings) fn to_map(&self) -> Result<HeaderMap, String> {
        let mut map = HeaderMap::new();
        for (name, value) in &self.0 {
            let Some((name, value)) = header(name, value) else {
                let accepted = "names of HTTP headers other than content-type, te, grpc-* and *-bin, and values of \
                                visible ASCII characters";
                return Err(accepted.to_owned());
            };
            if map.insert(name, value).is_some() {
                return Err("each name once".to_owned());
            }
        }
        Ok(map)
    }
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

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, _)| (name, REDACTED))).finish()
    }
}

impl SettingValue for Headers {
    fn accepted(_: Syntax) -> String {
        "a comma-separated list of name=value, each name once, with commas, equal signs in names, percent signs and \
         non-ASCII characters percent-encoded"
            .to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        pairs(node).map(Self).ok_or_else(|| Self::accepted(syntax))
    }

    /// Without the values.
    fn write(&self) -> String {
        self.0.iter().map(|(name, _)| format!("{name}={REDACTED}")).collect::<Vec<_>>().join(",")
    }
}
