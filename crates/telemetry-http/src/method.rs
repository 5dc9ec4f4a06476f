//! Methods as labels: the known ones, and one word for the rest.

use std::borrow::Cow;

use http::Method;
use telemetry_core::text::{NAME, cut};

/// What stands for a method that is none of those of RFC 9110 and RFC 5789.
const OTHER: &str = "_OTHER";

/// The method as a label.
pub(crate) fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => OTHER,
    }
}

/// The method as it was sent, where that is not how it is known, and cut.
pub(crate) fn original(method: &Method) -> Option<Cow<'_, str>> {
    (known(method) == OTHER).then(|| cut(method.as_str(), NAME))
}
