//! How many of a histogram's values are greater than one of its bounds.

use super::aggregate::{Aggregate, rate, rate_of_buckets};
use super::expr::Expr;
use super::selector::{Selector, narrowed};
use crate::promql::BOUND;

/// The values of a histogram that are greater than one of its bounds. Made by [`above_bound`].
#[derive(Debug, Clone, PartialEq)]
pub struct AboveBound {
    bound: f64,
    histogram: Selector,
    labels: Vec<String>,
}

/// How often a histogram's values are greater than that bound, per second: the rate of all values less that of the bucket that
/// ends there. A bound that the histogram does not have is refused by the generator, which names those that it has.
///
/// ```
/// use telemetry_core::{Histogram, Metrics};
/// use telemetry_mixin::query::{Expr, above_bound};
///
/// /// What is measured of mails.
/// #[derive(Metrics)]
/// #[metrics(entity(list))]
/// struct MailMetrics {
///     /// Time to hand a mail over
///     #[metric(name = "mail_seconds", unit = "s", buckets = [0.5, 10.0])]
///     time: Histogram,
/// }
///
/// assert_eq!(
///     Expr::from(above_bound(0.5, MailMetrics::TIME).by(["list"])).to_string(),
///     "sum by (list) (rate(mail_seconds_count[$window])) - \
///      sum by (list) (rate(mail_seconds_bucket{le=\"0.5\"}[$window]))",
/// );
/// ```
#[must_use]
pub fn above_bound(bound: f64, histogram: impl Into<Selector>) -> AboveBound {
    AboveBound { bound, histogram: histogram.into(), labels: Vec::new() }
}

narrowed!(AboveBound, histogram);

impl AboveBound {
    /// One series for each value of these labels, in place of one for all.
    #[must_use]
    pub fn by<'a>(mut self, labels: impl IntoIterator<Item = &'a str>) -> Self {
        self.labels.extend(labels.into_iter().map(str::to_owned));
        self
    }
}

impl From<AboveBound> for Expr {
    fn from(AboveBound { bound, histogram, labels }: AboveBound) -> Self {
        let by = |aggregate: Aggregate| aggregate.by(labels.iter().map(String::as_str));
        let bucket = if bound.fract() == 0.0 {
            // Pushed it is "10.0", scraped it may be "10".
            histogram.clone().matches(BOUND, &format!("{bound}(\\.0)?"))
        } else {
            histogram.clone().is(BOUND, &bound.to_string())
        };
        by(rate(histogram.count())) - by(rate_of_buckets(bucket))
    }
}
