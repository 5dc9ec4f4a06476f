//! The responses by which calls are measured.

use std::error::Error;

use http::{HeaderMap, Response, StatusCode};
use http_body::Body;

use crate::failure::Failure;
use crate::middleware::body::LlmBody;
use crate::middleware::watch::Watch;

/// A response that [`LlmService`](crate::LlmService) can measure a call by: [`http::Response`], and with the feature
/// `reqwest` `reqwest::Response`.
///
/// ```
/// use http::Response;
/// use http_body_util::Full;
/// use telemetry_llm::{LlmBody, LlmResponse};
///
/// type Answer = Response<Full<bytes::Bytes>>;
///
/// // The body of what comes back is another type, which reads as the one that it is around.
/// fn text_of(answer: <Answer as LlmResponse>::Measured) -> LlmBody<Full<bytes::Bytes>> {
///     answer.into_body()
/// }
/// ```
pub trait LlmResponse: Answered {
    /// The same response, whose body ends its call when it has been read.
    type Measured;

    #[doc(hidden)]
    fn measured(self, watch: Watching) -> Self::Measured;
}

impl<B: Body> LlmResponse for Response<B> {
    type Measured = Response<LlmBody<B>>;

    fn measured(self, watch: Watching) -> Self::Measured {
        self.map(|body| LlmBody::new(body, watch.0))
    }
}

#[cfg(feature = "reqwest")]
impl LlmResponse for reqwest::Response {
    type Measured = Self;

    fn measured(self, watch: Watching) -> Self {
        match watch.0 {
            Some(watch) => crate::middleware::of_reqwest::watched(self, |_| watch),
            None => self,
        }
    }
}

/// What watches the body of a response, if it is the answer to a call.
pub struct Watching(pub(super) Option<Watch>);

pub trait Answered {
    fn head(&self) -> (StatusCode, &HeaderMap);

    /// What the client says that has no response.
    fn failure(error: &(dyn Error + 'static)) -> Failure;
}

impl<B> Answered for Response<B> {
    fn head(&self) -> (StatusCode, &HeaderMap) {
        (self.status(), self.headers())
    }

    fn failure(error: &(dyn Error + 'static)) -> Failure {
        // hyper has no kind of error for a connection that was closed too early.
        Failure::from_error(error).on_the_way()
    }
}

#[cfg(feature = "reqwest")]
impl Answered for reqwest::Response {
    fn head(&self) -> (StatusCode, &HeaderMap) {
        (self.status(), self.headers())
    }

    fn failure(error: &(dyn Error + 'static)) -> Failure {
        Failure::from_error(error)
    }
}
