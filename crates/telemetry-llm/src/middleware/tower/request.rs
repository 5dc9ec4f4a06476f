//! The requests in which calls are found.

use std::any::Any;
use std::borrow::Cow;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Request, header};
use http_body::Body as _;
use http_body_util::Full;

use crate::middleware::asked::Asked;
use crate::middleware::calls::{Calls, Destination, Found};

/// A request that [`LlmService`](crate::LlmService) can tell a call by: [`http::Request`], and with the feature `reqwest`
/// `reqwest::Request`.
///
/// Which model is asked is read from the path, or from a body that is in memory: `Bytes`, `Full<Bytes>`, `String`, `Vec<u8>`,
/// or reqwest's. Nothing can be read of a stream or a boxed body: there [`RequestModel`](crate::RequestModel) says it.
///
/// ```
/// use http::Request;
/// use http_body_util::Full;
/// use telemetry_llm::LlmRequest;
///
/// fn is_measured(_: &impl LlmRequest) {}
///
/// let asks = Full::<bytes::Bytes>::from(r#"{"model": "gpt-4o", "input": "Hello"}"#);
/// is_measured(&Request::post("https://api.openai.com/v1/responses").body(asks)?);
/// # Ok::<(), http::Error>(())
/// ```
pub trait LlmRequest: Sent {}

impl<B: 'static> LlmRequest for Request<B> {}

#[cfg(feature = "reqwest")]
impl LlmRequest for reqwest::Request {}

pub trait Sent {
    fn find(&self, by: Finder<'_>) -> Finding;

    fn headers(&mut self) -> &mut HeaderMap;
}

/// What finds calls among requests.
pub struct Finder<'a>(pub(super) &'a Calls);

/// The call that a request is, if it is one.
pub struct Finding(pub(super) Option<Found>);

impl<B: 'static> Sent for Request<B> {
    fn find(&self, by: Finder<'_>) -> Finding {
        let asked = || asked(self.body()).or_said(self.extensions());
        Finding(destination(self).and_then(|to| by.0.find(&to, asked)))
    }

    fn headers(&mut self) -> &mut HeaderMap {
        self.headers_mut()
    }
}

#[cfg(feature = "reqwest")]
impl Sent for reqwest::Request {
    fn find(&self, by: Finder<'_>) -> Finding {
        Finding(crate::middleware::of_reqwest::find(self, &http::Extensions::new(), by.0))
    }

    fn headers(&mut self) -> &mut HeaderMap {
        self.headers_mut()
    }
}

fn destination<B>(request: &Request<B>) -> Option<Destination<'_>> {
    let uri = request.uri();
    // Where a layer below adds the address, a header may tell it.
    let (host, port) = match uri.authority() {
        Some(authority) => (authority.host(), authority.port_u16()),
        None => of_header(request.headers())?,
    };
    let by_scheme = if uri.scheme() == Some(&Scheme::HTTP) { 80 } else { 443 };
    let is_plain = !host.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(Destination {
        method: request.method(),
        host: if is_plain { Cow::Borrowed(host) } else { Cow::Owned(host.to_ascii_lowercase()) },
        port,
        known_port: port.or(Some(by_scheme)),
        path: uri.path(),
    })
}

/// The host and the port that the header `host` has.
fn of_header(headers: &HeaderMap) -> Option<(&str, Option<u16>)> {
    let named = headers.get(header::HOST)?.to_str().ok()?;
    let port = named.parse::<Authority>().ok()?.port_u16();
    let host = if port.is_some() { named.rsplit_once(':')?.0 } else { named };
    Some((host, port))
}

/// What a body asks, if it is of a kind that is in memory.
fn asked(body: &dyn Any) -> Asked {
    if let Some(full) = body.downcast_ref::<Full<Bytes>>() {
        // The clone shares the bytes, and has them at hand.
        let mut full = full.clone();
        return match Pin::new(&mut full).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(Ok(frame))) => frame.data_ref().map_or_else(Asked::default, |data| Asked::of_body(data)),
            _ => Asked::default(),
        };
    }
    #[cfg(feature = "reqwest")]
    if let Some(body) = body.downcast_ref::<reqwest::Body>() {
        return body.as_bytes().map_or_else(Asked::default, Asked::of_body);
    }
    let bytes = body.downcast_ref::<Bytes>().map(|bytes| &**bytes);
    let bytes = bytes.or_else(|| body.downcast_ref::<Vec<u8>>().map(|bytes| &**bytes));
    let bytes = bytes.or_else(|| body.downcast_ref::<String>().map(|text| text.as_bytes()));
    bytes.map_or_else(Asked::default, Asked::of_body)
}
