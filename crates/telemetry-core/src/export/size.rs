//! How large spans and log records are once they are encoded, and requests of them that a collector takes.

use opentelemetry::logs::AnyValue;
use opentelemetry::trace::{Event, Link};
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use tokio::time::Instant;

use super::record::Record;

/// More than the tags, lengths, ids, times and flags take of anything that is encoded on its own.
const FRAME: usize = 16;
const SPAN: usize = 160;
const LOG: usize = 128;

/// What is sent in requests of many.
pub(crate) trait Item {
    /// At least as many bytes as it takes in a request, alone with its scope.
    fn size(&self) -> usize;
}

impl Item for SpanData {
    fn size(&self) -> usize {
        let (events, links) = (self.events.events.iter().map(event), self.links.links.iter().map(link));
        SPAN + self.name.len()
            + self.span_context.trace_state().header().len()
            + status(&self.status)
            + attributes(&self.attributes)
            + scope(&self.instrumentation_scope)
            + events.chain(links).sum::<usize>()
    }
}

impl Item for Box<Record> {
    fn size(&self) -> usize {
        let (record, of_scope) = &**self;
        let attributes = record.attributes_iter().map(|(key, value)| FRAME + key.as_str().len() + any(value));
        let texts = record.severity_text().map_or(0, str::len) + record.event_name().map_or(0, str::len);
        LOG + texts
            + record.target().map_or(0, |target| target.len())
            + record.body().map_or(0, any)
            + scope(of_scope)
            + attributes.sum::<usize>()
    }
}

/// What an event takes of its span.
pub(super) fn event(event: &Event) -> usize {
    2 * FRAME + event.name.len() + attributes(&event.attributes)
}

/// What a link takes of its span.
pub(super) fn link(link: &Link) -> usize {
    4 * FRAME + link.span_context.trace_state().header().len() + attributes(&link.attributes)
}

fn status(status: &opentelemetry::trace::Status) -> usize {
    match status {
        opentelemetry::trace::Status::Error { description } => description.len(),
        _ => 0,
    }
}

fn scope(scope: &InstrumentationScope) -> usize {
    let attributes = scope.attributes().map(attribute);
    2 * FRAME
        + scope.name().len()
        + scope.version().map_or(0, str::len)
        + scope.schema_url().map_or(0, str::len)
        + attributes.sum::<usize>()
}

fn attributes(attributes: &[KeyValue]) -> usize {
    attributes.iter().map(attribute).sum()
}

pub(super) fn attribute(KeyValue { key, value, .. }: &KeyValue) -> usize {
    let of_value = match value {
        Value::String(text) => FRAME + text.as_str().len(),
        Value::Array(Array::Bool(items)) => items.len() * FRAME,
        Value::Array(Array::I64(items)) => items.len() * FRAME,
        Value::Array(Array::F64(items)) => items.len() * FRAME,
        Value::Array(Array::String(items)) => items.iter().map(|item| FRAME + item.as_str().len()).sum(),
        _ => FRAME,
    };
    FRAME + key.as_str().len() + of_value
}

fn any(value: &AnyValue) -> usize {
    let of_value = match value {
        AnyValue::String(text) => text.as_str().len(),
        AnyValue::Bytes(bytes) => bytes.len(),
        AnyValue::ListAny(items) => items.iter().map(any).sum(),
        AnyValue::Map(items) => items.iter().map(|(key, value)| FRAME + key.as_str().len() + any(value)).sum(),
        _ => 0,
    };
    FRAME + of_value
}

/// The requests that a batch becomes, the next one last.
pub(crate) struct Requests<T> {
    parts: Vec<Vec<T>>,
    /// Until when failed attempts are repeated: the budget is that of the batch, however many requests it is.
    pub(crate) until: Instant,
}

impl<T: Item> Requests<T> {
    /// Cuts a batch so that no request is larger than that, unless one item alone is.
    pub(crate) fn cut(items: Vec<T>, limit: usize, until: Instant) -> Self {
        let mut parts: Vec<Vec<T>> = Vec::new();
        let mut size = 0;
        for item in items {
            let of_item = item.size();
            match parts.last_mut().filter(|_| size + of_item <= limit) {
                Some(part) => part.push(item),
                None => {
                    parts.push(vec![item]);
                    size = 0;
                }
            }
            size += of_item;
        }
        parts.reverse();
        Self { parts, until }
    }

    /// The next request.
    pub(crate) fn next(&mut self) -> Option<Vec<T>> {
        self.parts.pop()
    }

    /// Puts back, in two halves, a request that was too large for the collector.
    pub(crate) fn halve(&mut self, mut items: Vec<T>) {
        let second = items.split_off(items.len() / 2);
        self.parts.extend([second, items]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Item for usize {
        fn size(&self) -> usize {
            *self
        }
    }

    fn requests(mut requests: Requests<usize>) -> Vec<Vec<usize>> {
        std::iter::from_fn(|| requests.next()).collect()
    }

    #[tokio::test]
    async fn requests_stay_below_the_limit_in_the_order_of_their_items() {
        let cut = |items: &[usize]| requests(Requests::cut(items.to_vec(), 10, Instant::now()));
        assert_eq!(cut(&[]), [[0_usize; 0]; 0]);
        assert_eq!(cut(&[5, 5, 1]), [vec![5, 5], vec![1]]);
        assert_eq!(cut(&[99, 1, 9, 1, 99]), [vec![99], vec![1, 9], vec![1], vec![99]]);
    }

    #[tokio::test]
    async fn what_is_too_large_is_halved_and_goes_first() {
        let mut cut = Requests::cut(vec![4, 4, 1, 7], 10, Instant::now());
        let first = cut.next().unwrap();
        cut.halve(first);
        assert_eq!(requests(cut), [vec![4], vec![4, 1], vec![7]]);
    }
}
