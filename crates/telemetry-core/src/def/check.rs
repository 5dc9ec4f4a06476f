//! The rules of a declaration, as const functions, so that breaking one is a compile error. They track their caller so
//! that the error points at the declaration.

use super::kind::Kind;
use super::label::{LabelDef, LabelValues};
use super::metric::MetricDef;
use super::name::{is_convention_name, is_metric_name};

impl MetricDef {
    /// The declaration itself, once it has been found sound; evaluated at compile time by the derive.
    ///
    /// # Panics
    ///
    /// On a name that Prometheus would change (characters, a counter without `_total`, `_total` on anything else, a
    /// unit that would be appended), on buckets that do not rise or are missing or out of place, on more than
    /// [`MAX_LABELS`](Self::MAX_LABELS) labels, on a bad label name, and on a label used twice.
    #[must_use]
    #[track_caller]
    pub const fn checked(self) -> Self {
        metric(&self);
        self
    }

    /// The same for a metric of the OpenTelemetry semantic conventions, which keeps the name that they give it:
    /// Prometheus shows it with underscores and its unit.
    ///
    /// # Panics
    ///
    /// As [`checked`](Self::checked), but names have dots, and the unit may be any.
    #[must_use]
    #[track_caller]
    pub const fn checked_convention(self) -> Self {
        convention(&self);
        self
    }
}

#[track_caller]
const fn metric(def: &MetricDef) {
    assert!(
        is_metric_name(def.name),
        "a metric name is of [a-z0-9_], starts with a letter and has no doubled or trailing underscore"
    );
    assert!(!def.help.is_empty(), "a metric has a doc comment, which is its help text");
    match def.kind {
        Kind::Counter => assert!(ends_with(def.name, "_total"), "a counter's name ends in _total"),
        Kind::Gauge | Kind::UpDownCounter => {}
        Kind::Histogram => assert!(!ends_with(def.name, "_total"), "a histogram's name does not end in _total"),
    }
    unit(def);
    buckets(def);
    labels(def);
}

#[track_caller]
const fn convention(def: &MetricDef) {
    assert!(
        is_convention_name(def.name),
        "a metric of the semantic conventions is named by words of [a-z0-9_] that dots join"
    );
    assert!(!def.help.is_empty(), "a metric has a doc comment, which is its help text");
    buckets(def);
    let mut i = 0;
    while i < def.entity.len() + def.closed.len() {
        assert!(
            is_convention_name(label_at(def, i).name),
            "an attribute of the semantic conventions is named by words of [a-z0-9_] that dots join"
        );
        i += 1;
    }
}

#[track_caller]
const fn unit(def: &MetricDef) {
    let bytes = def.unit.as_bytes();
    if bytes.is_empty() || bytes[0] == b'{' {
        return;
    }
    if eq(def.unit, "s") {
        assert!(
            has_token(def.name, "seconds"),
            "a metric of unit s has `seconds` in its name, else it would be appended"
        );
    } else if eq(def.unit, "By") {
        assert!(has_token(def.name, "bytes"), "a metric of unit By has `bytes` in its name, else it would be appended");
    } else {
        panic!(
            "a unit is `s`, `By`, an annotation such as `{{call}}`, or empty: any other would be appended to the name"
        );
    }
}

#[track_caller]
const fn buckets(def: &MetricDef) {
    if !matches!(def.kind, Kind::Histogram) {
        assert!(def.buckets.is_empty(), "only a histogram has buckets");
        return;
    }
    assert!(!def.buckets.is_empty(), "a histogram names its buckets");
    let mut i = 0;
    while i < def.buckets.len() {
        assert!(def.buckets[i].is_finite(), "bucket bounds are finite: the infinite bucket is implied");
        if i > 0 {
            assert!(def.buckets[i - 1] < def.buckets[i], "bucket bounds rise");
        }
        i += 1;
    }
}

#[track_caller]
const fn labels(def: &MetricDef) {
    let count = def.entity.len() + def.closed.len();
    assert!(count <= MetricDef::MAX_LABELS, "a metric has at most five labels");
    let mut i = 0;
    while i < count {
        let label = label_at(def, i);
        assert!(
            is_metric_name(label.name),
            "a label name is of [a-z0-9_], starts with a letter and has no doubled or trailing underscore"
        );
        assert!(
            !eq(label.name, "le")
                && !eq(label.name, "quantile")
                && !eq(label.name, "job")
                && !eq(label.name, "instance"),
            "le, quantile, job and instance are Prometheus's own labels"
        );
        if let LabelValues::Closed(values) = label.values {
            assert!(!values.is_empty(), "a closed label has at least one value");
        }
        let mut j = 0;
        while j < i {
            assert!(!eq(label_at(def, j).name, label.name), "a label is used once in a metric");
            j += 1;
        }
        i += 1;
    }
}

const fn label_at(def: &MetricDef, i: usize) -> &LabelDef {
    if i < def.entity.len() { &def.entity[i] } else { &def.closed[i - def.entity.len()] }
}

/// Whether one of the name's underscore-separated words is `token`.
const fn has_token(name: &str, token: &str) -> bool {
    let (name, token) = (name.as_bytes(), token.as_bytes());
    let mut start = 0;
    while start + token.len() <= name.len() {
        let mut i = 0;
        while i < token.len() && name[start + i] == token[i] {
            i += 1;
        }
        let end = start + token.len();
        if i == token.len() && (start == 0 || name[start - 1] == b'_') && (end == name.len() || name[end] == b'_') {
            return true;
        }
        start += 1;
    }
    false
}

const fn ends_with(name: &str, suffix: &str) -> bool {
    let (name, suffix) = (name.as_bytes(), suffix.as_bytes());
    if name.len() < suffix.len() {
        return false;
    }
    let mut i = 0;
    while i < suffix.len() {
        if name[name.len() - suffix.len() + i] != suffix[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn eq(a: &str, b: &str) -> bool {
    a.len() == b.len() && ends_with(a, b)
}
