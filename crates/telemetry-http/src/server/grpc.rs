//! What a gRPC server answers: its status is in a header or a trailer, beside an HTTP status that is always 200.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// The status code of a gRPC call, 0 to 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GrpcCode(u8);

/// Name and HTTP status of each code.
///
/// Source: <https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto>
const CODES: [(&str, StatusCode); 17] = [
    ("OK", StatusCode::OK),
    ("CANCELLED", CLIENT_CLOSED_REQUEST),
    ("UNKNOWN", StatusCode::INTERNAL_SERVER_ERROR),
    ("INVALID_ARGUMENT", StatusCode::BAD_REQUEST),
    ("DEADLINE_EXCEEDED", StatusCode::GATEWAY_TIMEOUT),
    ("NOT_FOUND", StatusCode::NOT_FOUND),
    ("ALREADY_EXISTS", StatusCode::CONFLICT),
    ("PERMISSION_DENIED", StatusCode::FORBIDDEN),
    ("RESOURCE_EXHAUSTED", StatusCode::TOO_MANY_REQUESTS),
    ("FAILED_PRECONDITION", StatusCode::BAD_REQUEST),
    ("ABORTED", StatusCode::CONFLICT),
    ("OUT_OF_RANGE", StatusCode::BAD_REQUEST),
    ("UNIMPLEMENTED", StatusCode::NOT_IMPLEMENTED),
    ("INTERNAL", StatusCode::INTERNAL_SERVER_ERROR),
    ("UNAVAILABLE", StatusCode::SERVICE_UNAVAILABLE),
    ("DATA_LOSS", StatusCode::INTERNAL_SERVER_ERROR),
    ("UNAUTHENTICATED", StatusCode::UNAUTHORIZED),
];

/// 499, of which the `http` crate has no constant.
const CLIENT_CLOSED_REQUEST: StatusCode = match StatusCode::from_u16(499) {
    Ok(status) => status,
    Err(_) => StatusCode::BAD_REQUEST,
};

impl GrpcCode {
    /// What a client makes of an answer that says nothing, and of codes that there are not.
    const UNKNOWN: Self = Self(2);

    /// The code that headers or trailers hold.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let code = headers.get(GRPC_STATUS)?.to_str().ok().and_then(|text| text.trim().parse::<u8>().ok());
        Some(code.filter(|code| usize::from(*code) < CODES.len()).map_or(Self::UNKNOWN, Self))
    }

    /// The number.
    pub(super) fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// The name, such as `UNAVAILABLE`.
    pub(super) fn name(self) -> &'static str {
        CODES[usize::from(self.0)].0
    }

    /// The HTTP status that says the same.
    pub(super) fn status(self) -> StatusCode {
        CODES[usize::from(self.0)].1
    }
}

/// A gRPC answer on its way: its code, as soon as it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct GrpcAnswer(Option<GrpcCode>);

impl GrpcAnswer {
    /// If the response is one. gRPC-Web puts its trailers into the body, where they are content.
    pub(super) fn of<B>(response: &Response<B>) -> Option<Self> {
        let content_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes)?;
        let (media_type, rest) = content_type.split_at_checked("application/grpc".len())?;
        let is_grpc = media_type.eq_ignore_ascii_case(b"application/grpc")
            && matches!(rest.first(), None | Some(b'+' | b';' | b' '));
        (is_grpc && response.status() == StatusCode::OK).then(|| Self(GrpcCode::of(response.headers())))
    }

    /// Notes trailers.
    pub(super) fn trailers(&mut self, trailers: &HeaderMap) {
        self.0 = GrpcCode::of(trailers).or(self.0);
    }

    /// The code, now that the body has ended; one that ended without any is unknown to the client, too.
    pub(super) fn code(self) -> GrpcCode {
        self.0.unwrap_or(GrpcCode::UNKNOWN)
    }

    /// Whether it is known without the trailers.
    pub(super) fn is_known(self) -> bool {
        self.0.is_some()
    }
}
