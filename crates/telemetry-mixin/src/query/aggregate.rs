//! What is made of a metric's series: rated, summed, divided by labels.

use std::fmt;

use super::Selector;
use super::selector::narrowed;
use crate::promql::BOUND;

/// What stands for the window of whoever reads the expression.
pub(super) const WINDOW: &str = "$window";

/// One metric's series, rated where they accumulate and aggregated over all instances. Made by [`rate`] and its like.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    pub(super) selector: Selector,
    reading: Reading,
    operator: &'static str,
    labels: Vec<String>,
    window: Option<String>,
    /// Which quantile is taken of buckets.
    rank: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Rate,
    Increase,
    Now,
}

/// How often it happens, per second: the rate of a counter, or of a histogram's count.
///
/// ```
/// use telemetry_mixin::query::rate;
///
/// assert_eq!(rate("mails_total").by(["list"]).to_string(), "sum by (list) (rate(mails_total[$window]))");
/// ```
#[must_use]
pub fn rate(metric: impl Into<Selector>) -> Aggregate {
    Aggregate::new(metric.into().counted(), Reading::Rate, "sum")
}

/// How much it adds up to, per second: the rate of a histogram's sum.
///
/// ```
/// use telemetry_core::{Histogram, Metrics};
/// use telemetry_mixin::query::amount;
///
/// /// What is measured of mails.
/// #[derive(Metrics)]
/// #[metrics(entity())]
/// struct MailMetrics {
///     /// Size of mails
///     #[metric(name = "mail_bytes", unit = "By", buckets = [1000.0])]
///     size: Histogram,
/// }
///
/// assert_eq!(amount(MailMetrics::SIZE).to_string(), "sum(rate(mail_bytes_sum[$window]))");
/// ```
#[must_use]
pub fn amount(histogram: impl Into<Selector>) -> Aggregate {
    Aggregate::new(histogram.into().total(), Reading::Rate, "sum")
}

/// How often it has happened within the window, which [`over`](Aggregate::over) should name.
///
/// ```
/// use telemetry_mixin::query::increase;
///
/// assert_eq!(increase("mails_total").over("24h").to_string(), "sum(increase(mails_total[24h]))");
/// ```
#[must_use]
pub fn increase(metric: impl Into<Selector>) -> Aggregate {
    Aggregate::new(metric.into().counted(), Reading::Increase, "sum")
}

/// What there is now, all instances added up.
///
/// ```
/// use telemetry_mixin::query::sum;
///
/// assert_eq!(sum("mail_queue").by(["list"]).to_string(), "sum by (list) (mail_queue)");
/// ```
#[must_use]
pub fn sum(gauge: impl Into<Selector>) -> Aggregate {
    Aggregate::new(gauge.into(), Reading::Now, "sum")
}

/// What there is now, at the instance that has the most.
///
/// ```
/// use telemetry_mixin::query::max;
///
/// assert_eq!(max("mail_queue").to_string(), "max(mail_queue)");
/// ```
#[must_use]
pub fn max(gauge: impl Into<Selector>) -> Aggregate {
    Aggregate::new(gauge.into(), Reading::Now, "max")
}

/// What there is now, at the instance that has the least.
///
/// ```
/// use telemetry_mixin::query::min;
///
/// assert_eq!(min("up").is("job", "api").to_string(), "min(up{job=\"api\"})");
/// ```
#[must_use]
pub fn min(gauge: impl Into<Selector>) -> Aggregate {
    Aggregate::new(gauge.into(), Reading::Now, "min")
}

/// How a histogram's values are spread: the rate of its buckets, by their bound `le`.
///
/// ```
/// use telemetry_mixin::query::{Query, buckets};
///
/// let query = Query::from(buckets("mail_seconds"));
/// assert_eq!(query.expression, "sum by (le) (rate(mail_seconds_bucket[$__rate_interval]))");
/// assert_eq!(query.legend, "{{le}}");
/// ```
#[must_use]
pub fn buckets(histogram: impl Into<Selector>) -> Aggregate {
    rate_of_buckets(histogram.into()).by([BOUND])
}

/// The same without a label.
pub(crate) fn rate_of_buckets(histogram: Selector) -> Aggregate {
    Aggregate::new(histogram.part("_bucket"), Reading::Rate, "sum")
}

/// The value below which that share of a histogram's values lie: `quantile(0.95, …)` is the 95th percentile.
///
/// ```
/// use telemetry_mixin::query::quantile;
///
/// assert_eq!(
///     quantile(0.95, "mail_seconds").by(["list"]).to_string(),
///     "histogram_quantile(0.95, sum by (le, list) (rate(mail_seconds_bucket[$window])))",
/// );
/// ```
#[must_use]
pub fn quantile(rank: f64, histogram: impl Into<Selector>) -> Aggregate {
    buckets(histogram).ranked(rank)
}

narrowed!(Aggregate, selector);

impl Aggregate {
    fn new(selector: Selector, reading: Reading, operator: &'static str) -> Self {
        Self { selector, reading, operator, labels: Vec::new(), window: None, rank: None }
    }

    /// One series for each value of these labels, in place of one for all.
    #[must_use]
    pub fn by<'a>(mut self, labels: impl IntoIterator<Item = &'a str>) -> Self {
        self.labels.extend(labels.into_iter().map(str::to_owned));
        self
    }

    /// Over that window, as Prometheus writes a duration, whoever reads it.
    #[must_use]
    pub fn over(mut self, window: &str) -> Self {
        self.window = Some(window.to_owned());
        self
    }

    /// The quantile of that rank.
    pub(super) fn ranked(self, rank: f64) -> Self {
        Self { rank: Some(rank), ..self }
    }

    /// The labels of the result.
    pub(super) fn kept(&self) -> Vec<String> {
        let quantile = self.rank.is_some();
        self.labels.iter().filter(|label| !(quantile && *label == BOUND)).cloned().collect()
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(rank) = self.rank {
            write!(f, "histogram_quantile({rank}, ")?;
        }
        f.write_str(self.operator)?;
        if !self.labels.is_empty() {
            write!(f, " by ({}) ", self.labels.join(", "))?;
        }
        let (selector, window) = (&self.selector, self.window.as_deref().unwrap_or(WINDOW));
        match self.reading {
            Reading::Rate => write!(f, "(rate({selector}[{window}]))")?,
            Reading::Increase => write!(f, "(increase({selector}[{window}]))")?,
            Reading::Now => write!(f, "({selector})")?,
        }
        if self.rank.is_some() { f.write_str(")") } else { Ok(()) }
    }
}
