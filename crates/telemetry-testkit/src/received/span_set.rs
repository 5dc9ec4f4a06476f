//! Spans, found by name, id and family.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use super::span::SpanEntry;

/// Finished spans in the order in which they arrived.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpanSet(Vec<SpanEntry>);

impl SpanSet {
    pub(crate) fn add(&mut self, request: &ExportTraceServiceRequest) {
        self.0.extend(SpanEntry::flatten(request));
    }

    /// All spans of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&SpanEntry> {
        self.0.iter().filter(|span| span.name == name).collect()
    }

    /// The one span of that name.
    ///
    /// # Panics
    ///
    /// When there is none, or more than one.
    #[track_caller]
    #[must_use]
    pub fn one(&self, name: &str) -> &SpanEntry {
        let found = self.named(name);
        assert!(found.len() == 1, "expected one span {name:?}, found {}\n{self}", found.len());
        found[0]
    }

    /// The one span with that attribute.
    ///
    /// # Panics
    ///
    /// When there is none, or more than one.
    #[track_caller]
    #[must_use]
    pub fn one_with(&self, key: &str, value: &str) -> &SpanEntry {
        let found: Vec<_> = self.0.iter().filter(|span| span.attribute(key) == Some(value)).collect();
        assert!(found.len() == 1, "expected one span with {key}={value:?}, found {}\n{self}", found.len());
        found[0]
    }

    /// The span with that id.
    #[must_use]
    pub fn by_id(&self, span_id: &str) -> Option<&SpanEntry> {
        self.0.iter().find(|span| span.span_id == span_id)
    }

    /// The parent of a span, if it is among these.
    #[must_use]
    pub fn parent_of(&self, span: &SpanEntry) -> Option<&SpanEntry> {
        let parent = span.parent_span_id.as_deref()?;
        self.0.iter().find(|other| other.span_id == parent && other.trace_id == span.trace_id)
    }

    /// The children of a span.
    #[must_use]
    pub fn children_of(&self, span: &SpanEntry) -> Vec<&SpanEntry> {
        let is_child = |other: &&SpanEntry| {
            other.trace_id == span.trace_id && other.parent_span_id.as_ref() == Some(&span.span_id)
        };
        self.0.iter().filter(is_child).collect()
    }

    /// The same spans, each once: a retry may deliver a span again.
    #[must_use]
    pub fn distinct(&self) -> Self {
        let mut seen = BTreeSet::new();
        Self(self.0.iter().filter(|span| seen.insert((&span.trace_id, &span.span_id))).cloned().collect())
    }

    /// How many spans arrived more than once (every further arrival counts).
    #[must_use]
    pub fn duplicates(&self) -> usize {
        self.0.len() - self.distinct().len()
    }

    /// Asserts that no span has that name.
    ///
    /// # Panics
    ///
    /// When one has.
    #[track_caller]
    pub fn assert_absent(&self, name: &str) {
        let found = self.named(name).len();
        assert!(found == 0, "expected no span {name:?}, found {found}\n{self}");
    }
}

impl Deref for SpanSet {
    type Target = [SpanEntry];

    fn deref(&self) -> &[SpanEntry] {
        &self.0
    }
}

/// All spans with their attributes and events.
impl fmt::Display for SpanSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} spans", self.0.len())?;
        self.0.iter().try_for_each(|span| write!(f, "\n  {span}"))
    }
}
