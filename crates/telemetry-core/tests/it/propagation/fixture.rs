//! Headers that arrive, and headers that are sent.

use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use telemetry_core::propagation::{AsExtractor, AsInjector, StrictPropagator};

/// The example of the recommendation.
pub(super) const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Header lines of a request.
pub(super) fn headers(lines: &[(&'static str, &str)]) -> http::HeaderMap {
    let mut headers = http::HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, value.parse().expect("a header's value"));
    }
    headers
}

/// What arrives of these lines.
pub(super) fn arrives(lines: &[(&'static str, &str)]) -> SpanContext {
    let context = StrictPropagator::default().extract_with_context(&Context::new(), &AsExtractor(&headers(lines)));
    context.span().span_context().clone()
}

/// What is sent in this context.
pub(super) fn sent(context: &Context) -> HashMap<String, String> {
    let mut carrier = HashMap::new();
    StrictPropagator::default().inject_context(context, &mut AsInjector(&mut carrier));
    carrier
}
