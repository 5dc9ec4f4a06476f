//! Expressions of several parts: shares, sums, comparisons.

use std::fmt;
use std::ops::{Add, Div, Mul, Sub};

use super::aggregate::Aggregate;
use crate::promql::BOUND;

/// What stands for an alert's threshold, so that an operator can set it without touching the expression.
const THRESHOLD: &str = "$threshold";

/// A PromQL expression that knows how its series are told apart, and what it is compared with.
///
/// `+`, `-`, `*` and `/` combine it, and parentheses come where they are needed. `$window` in it stands for the window of
/// whoever reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    text: String,
    binding: Binding,
    pub(super) labels: Vec<String>,
    pub(crate) threshold: Option<f64>,
}

/// How tightly the operator binds that stands outermost, from the loosest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Whole,
}

/// An expression in PromQL's own words, for what has no word here.
///
/// ```
/// use telemetry_mixin::query::{promql, rate};
///
/// let quiet = promql(format!("({}) unless ({} > 0)", "up == 1", rate("events_total")));
/// assert_eq!(quiet.to_string(), "(up == 1) unless (sum(rate(events_total[$window])) > 0)");
/// ```
#[must_use]
pub fn promql(text: impl Into<String>) -> Expr {
    let text = text.into();
    let name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'));
    Expr { binding: if name { Binding::Whole } else { Binding::Or }, text, labels: Vec::new(), threshold: None }
}

/// A ratio that is 0 where nothing was counted above the line, and has no value where nothing was below it. Both sides
/// need the same labels.
///
/// ```
/// use telemetry_mixin::query::{rate, share};
///
/// assert_eq!(
///     share(rate("errors_total"), rate("requests_total")).to_string(),
///     "(sum(rate(errors_total[$window])) or 0 * sum(rate(requests_total[$window]))) / \
///      (sum(rate(requests_total[$window])) > 0)",
/// );
/// ```
#[must_use]
pub fn share(part: impl Into<Expr>, of: impl Into<Expr>) -> Expr {
    let (part, of) = (part.into(), of.into());
    let text = format!(
        "({} or 0 * {}) / ({} > 0)",
        part.above_of(Binding::Or),
        of.above_of(Binding::Product),
        of.above_of(Binding::Sum)
    );
    Expr { text, binding: Binding::Product, ..part }
}

/// The so many greatest of its series; which they are may change from one moment to the next, so that no alert may ask
/// for them.
///
/// ```
/// use telemetry_mixin::query::{rate, top};
///
/// assert_eq!(top(5, rate("mails_total").by(["list"])).to_string(), "topk(5, sum by (list) (rate(mails_total[$window])))");
/// ```
#[must_use]
pub fn top(count: u32, of: impl Into<Expr>) -> Expr {
    let of = of.into();
    Expr { text: format!("topk({count}, {})", of.text), binding: Binding::Whole, ..of }
}

/// Its series from the greatest to the least, for a table.
///
/// ```
/// use telemetry_mixin::query::{quantile, sorted};
///
/// let slowest = sorted(quantile(0.95, "mail_seconds").by(["list"]));
/// assert!(slowest.to_string().starts_with("sort_desc(histogram_quantile(0.95,"));
/// ```
#[must_use]
pub fn sorted(of: impl Into<Expr>) -> Expr {
    let of = of.into();
    Expr { text: format!("sort_desc({})", of.text), binding: Binding::Whole, ..of }
}

/// A quantile of buckets that are rated already, as a rule records them.
pub(crate) fn quantile_of(rank: f64, buckets: Aggregate) -> Expr {
    let mut labels = buckets.kept();
    labels.retain(|label| label != BOUND);
    let text = format!("histogram_quantile({rank}, {buckets})");
    Expr { text, binding: Binding::Whole, labels, threshold: None }
}

/// What an expression is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    value: f64,
    settable: bool,
}

/// A limit that an operator can set by the alert's name; without it, a limit stays as it is written.
///
/// ```
/// use telemetry_mixin::query::{rate, threshold};
///
/// let often = rate("errors_total").above(threshold(0.1)).and(rate("requests_total").above(0.02));
/// assert_eq!(
///     often.to_string(),
///     "sum(rate(errors_total[$window])) > $threshold and sum(rate(requests_total[$window])) > 0.02",
/// );
/// ```
#[must_use]
pub const fn threshold(value: f64) -> Limit {
    Limit { value, settable: true }
}

impl From<f64> for Limit {
    fn from(value: f64) -> Self {
        Self { value, settable: false }
    }
}

impl Expr {
    /// Where it is greater than the limit.
    #[must_use]
    pub fn above(self, limit: impl Into<Limit>) -> Self {
        self.compared(">", limit.into())
    }

    /// Where it is the limit or greater.
    #[must_use]
    pub fn at_least(self, limit: impl Into<Limit>) -> Self {
        self.compared(">=", limit.into())
    }

    /// Where it is less than the limit.
    #[must_use]
    pub fn below(self, limit: impl Into<Limit>) -> Self {
        self.compared("<", limit.into())
    }

    /// Where it has that value.
    #[must_use]
    pub fn equal_to(self, value: f64) -> Self {
        self.compared("==", value.into())
    }

    /// Where the other has a value, too, for the same labels. Of two thresholds the first can be set; the other stays as
    /// it is.
    #[must_use]
    pub fn and(self, other: impl Into<Self>) -> Self {
        self.joined("and", Binding::And, &other.into())
    }

    /// Where the other has no value for the same labels.
    #[must_use]
    pub fn unless(self, other: impl Into<Self>) -> Self {
        self.joined("unless", Binding::And, &other.into())
    }

    /// The text with the threshold written out.
    pub(super) fn with_threshold(&self) -> String {
        match self.threshold {
            Some(threshold) => self.text.replace(THRESHOLD, &threshold.to_string()),
            None => self.text.clone(),
        }
    }

    fn compared(self, operator: &str, limit: Limit) -> Self {
        let (value, threshold) =
            if limit.settable { (THRESHOLD.to_owned(), Some(limit.value)) } else { (limit.value.to_string(), None) };
        let limit = Self { text: value, binding: Binding::Whole, labels: Vec::new(), threshold };
        self.joined(operator, Binding::Comparison, &limit)
    }

    fn joined(self, operator: &str, binding: Binding, other: &Self) -> Self {
        // Operators of equal binding go from left to right.
        let left = if self.binding < binding { format!("({})", self.text) } else { self.text };
        let text = if self.threshold.is_some() { other.with_threshold() } else { other.text.clone() };
        let right = if other.binding <= binding { format!("({text})") } else { text };
        let labels = if self.labels.is_empty() { other.labels.clone() } else { self.labels };
        let threshold = self.threshold.or(other.threshold);
        Self { text: format!("{left} {operator} {right}"), binding, labels, threshold }
    }

    /// The text, in parentheses unless it binds more tightly.
    fn above_of(&self, binding: Binding) -> String {
        if self.binding > binding { self.text.clone() } else { format!("({})", self.text) }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Aggregate> for Expr {
    fn from(aggregate: Aggregate) -> Self {
        let (text, labels) = (aggregate.to_string(), aggregate.kept());
        Self { text, binding: Binding::Whole, labels, threshold: None }
    }
}

impl From<&str> for Expr {
    fn from(text: &str) -> Self {
        promql(text)
    }
}

impl From<String> for Expr {
    fn from(text: String) -> Self {
        promql(text)
    }
}

impl From<f64> for Expr {
    fn from(value: f64) -> Self {
        Self { text: value.to_string(), binding: Binding::Whole, labels: Vec::new(), threshold: None }
    }
}

/// The words that compare and combine, for what is not an expression yet.
impl Aggregate {
    /// Where it is greater than the limit.
    #[must_use]
    pub fn above(self, limit: impl Into<Limit>) -> Expr {
        Expr::from(self).above(limit)
    }

    /// Where it is the limit or greater.
    #[must_use]
    pub fn at_least(self, limit: impl Into<Limit>) -> Expr {
        Expr::from(self).at_least(limit)
    }

    /// Where it is less than the limit.
    #[must_use]
    pub fn below(self, limit: impl Into<Limit>) -> Expr {
        Expr::from(self).below(limit)
    }

    /// Where it has that value.
    #[must_use]
    pub fn equal_to(self, value: f64) -> Expr {
        Expr::from(self).equal_to(value)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $operator:literal $binding:ident;)+) => {
        $(
            impl<T: Into<Expr>> $trait<T> for Expr {
                type Output = Expr;
                fn $method(self, other: T) -> Expr {
                    self.joined($operator, Binding::$binding, &other.into())
                }
            }

            impl<T: Into<Expr>> $trait<T> for Aggregate {
                type Output = Expr;
                fn $method(self, other: T) -> Expr {
                    Expr::from(self).joined($operator, Binding::$binding, &other.into())
                }
            }
        )+
    };
}

operators! {
    Add add "+" Sum;
    Sub sub "-" Sum;
    Mul mul "*" Product;
    Div div "/" Product;
}

impl Mul<Aggregate> for f64 {
    type Output = Expr;

    fn mul(self, of: Aggregate) -> Expr {
        Expr::from(self) * of
    }
}
