//! The id of a request: the caller's where it is fit to be repeated, else a new one.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longer ids are not kept: they would fill every log line.
const MAX_LENGTH: usize = 128;

/// The id of a request: what the caller sent in `x-request-id`, if that is one line of 1 to 128 letters, digits and
/// `-_.:/+=@`, else a random UUID.
///
/// Handlers find it among the request's extensions, log lines in the span field `request_id`, the caller in the
/// response's `x-request-id`.
///
/// ```
/// use telemetry_http::RequestId;
///
/// fn handle(request: &http::Request<String>) -> Option<&str> {
///     request.extensions().get::<RequestId>().map(RequestId::as_str)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The id that the caller sent, if there is one and it is fit to be repeated.
    pub(crate) fn received(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(&HEADER).iter();
        let value = lines.next()?;
        let sound = (1..=MAX_LENGTH).contains(&value.len()) && value.as_bytes().iter().copied().all(is_fit);
        (sound && lines.next().is_none()).then(|| Self(value.clone()))
    }

    pub(crate) fn random() -> Self {
        // An id need not be hard to guess, so that the thread's own generator will do; the system's costs a call.
        let id = uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid();
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let text = id.hyphenated().encode_lower(&mut text);
        Self(HeaderValue::from_str(text).expect("digits and dashes can stand in a header"))
    }

    pub(crate) fn value(&self) -> &HeaderValue {
        &self.0
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().expect("an id is made of, or was found to be of, visible ASCII characters")
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn is_fit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte)
}
