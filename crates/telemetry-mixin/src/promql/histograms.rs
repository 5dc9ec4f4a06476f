//! What classic series are of the histograms that Prometheus may keep natively instead: which part, under which name.

use std::collections::BTreeMap;

use promql_parser::label::MatchOp;
use telemetry_core::{Catalogue, Kind, Namespace};

use super::placeholder::has_variable;
use super::tree::LabelMatcher;

/// The label of a classic bucket's bound.
pub(crate) const BOUND: &str = "le";

/// What a classic series is of its histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ClassicPart {
    /// All buckets, by their bounds: the histogram as a whole.
    Buckets,
    /// How many values there are up to that bound.
    UpTo(f64),
    Count,
    Sum,
}

/// The histograms that are kept natively, and what rules record of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct NativeHistograms {
    /// The bounds of each, by its name.
    bounds: BTreeMap<String, Vec<f64>>,
    /// Under which name a rule records histograms that records buckets otherwise, by the name of the latter.
    recorded: BTreeMap<String, String>,
}

impl NativeHistograms {
    /// The histograms of these catalogues.
    pub(crate) fn new<'a>(catalogues: impl IntoIterator<Item = &'a Catalogue>, namespace: &Namespace) -> Self {
        let metrics = catalogues.into_iter().flat_map(Catalogue::metrics);
        let histograms = metrics.filter(|metric| metric.kind == Kind::Histogram);
        let bounds = histograms.map(|metric| (metric.name_in(namespace).into_owned(), metric.buckets.to_vec()));
        Self { bounds: bounds.collect(), recorded: BTreeMap::new() }
    }

    /// The native histogram that a classic series, or the histogram itself, is kept in, and which part of it that is.
    pub(crate) fn find(&self, name: &str) -> Option<(&str, ClassicPart)> {
        if let Some(renamed) = self.recorded.get(name) {
            return Some((renamed, ClassicPart::Buckets));
        }
        let whole = |name| self.bounds.get_key_value(name).map(|(known, _)| known.as_str());
        let parts = [("_bucket", ClassicPart::Buckets), ("_count", ClassicPart::Count), ("_sum", ClassicPart::Sum)];
        let part = |(suffix, part)| Some((whole(name.strip_suffix(suffix)?)?, part));
        whole(name).map(|name| (name, ClassicPart::Buckets)).or_else(|| parts.into_iter().find_map(part))
    }

    /// The finite bounds of a histogram.
    pub(crate) fn bounds(&self, native: &str) -> &[f64] {
        self.bounds.get(native).map_or(&[], Vec::as_slice)
    }

    /// Has a rule that records the buckets of one histogram record the histogram, under a name that says so.
    pub(crate) fn record(&mut self, rule: &str, of: &str) -> String {
        let renamed = whole_name(rule);
        self.bounds.insert(renamed.clone(), self.bounds(of).to_vec());
        self.recorded.insert(rule.to_owned(), renamed.clone());
        renamed
    }

    /// The part that a matcher of bounds selects of a histogram; `None` where it is no single one, or ends at zero: what lies
    /// below that, Prometheus takes for values up to the next bound.
    pub(crate) fn selected(&self, native: &str, matcher: &LabelMatcher) -> Option<ClassicPart> {
        let value = &matcher.value.text;
        if has_variable(value) {
            return None;
        }
        let is_meant = |bound: f64| match &matcher.op {
            MatchOp::Equal => value.parse() == Ok(bound),
            MatchOp::Re(pattern) if bound.is_infinite() => pattern.is_match("+Inf"),
            // A collector that is scraped writes `10.0`, one that pushes writes `10`.
            MatchOp::Re(pattern) => {
                [format!("{bound}"), format!("{bound:?}")].iter().any(|text| pattern.is_match(text))
            }
            MatchOp::NotEqual | MatchOp::NotRe(_) => false,
        };
        let all = self.bounds(native).iter().copied().chain([f64::INFINITY]);
        match all.filter(|bound| is_meant(*bound)).collect::<Vec<_>>()[..] {
            [bound] if bound.is_infinite() => Some(ClassicPart::Count),
            [bound] if bound != 0.0 => Some(ClassicPart::UpTo(bound)),
            _ => None,
        }
    }
}

/// `job_le:mail_seconds_bucket:rate5m` is `job:mail_seconds:rate5m`, of which no bounds are a label.
fn whole_name(rule: &str) -> String {
    let parts = rule.split(':').enumerate().map(|(at, part)| match at {
        0 => part.split('_').filter(|label| *label != BOUND).collect::<Vec<_>>().join("_"),
        _ => part.strip_suffix("_bucket").unwrap_or(part).to_owned(),
    });
    parts.collect::<Vec<_>>().join(":")
}
