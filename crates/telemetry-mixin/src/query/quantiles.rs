//! Several quantiles of one histogram, a query each.

use super::aggregate::{Aggregate, quantile};
use super::selector::{Selector, narrowed};
use super::target::{IntoQueries, Query, legend};

/// Several quantiles of one histogram. Made by [`quantiles`].
#[derive(Debug, Clone, PartialEq)]
pub struct Quantiles {
    ranks: Vec<f64>,
    of: Aggregate,
}

/// One query for each of these quantiles of a histogram; the legend begins with the rank where there are several, or
/// no label.
///
/// ```
/// use telemetry_mixin::query::{IntoQueries as _, quantiles};
///
/// let queries = quantiles([0.5, 0.95], "mail_seconds").by(["list"]).into_queries();
/// assert_eq!(
///     queries[1].expression,
///     "histogram_quantile(0.95, sum by (le, list) (rate(mail_seconds_bucket[$__rate_interval])))",
/// );
/// assert_eq!(queries[1].legend, "p95 {{list}}");
/// ```
#[must_use]
pub fn quantiles(ranks: impl IntoIterator<Item = f64>, histogram: impl Into<Selector>) -> Quantiles {
    Quantiles { ranks: ranks.into_iter().collect(), of: quantile(0.5, histogram) }
}

narrowed!(Quantiles, of.selector);

impl Quantiles {
    /// One series for each value of these labels, in place of one for all.
    #[must_use]
    pub fn by<'a>(mut self, labels: impl IntoIterator<Item = &'a str>) -> Self {
        self.of = self.of.by(labels);
        self
    }

    /// Over that window, as Prometheus writes a duration, whoever reads it.
    #[must_use]
    pub fn over(mut self, window: &str) -> Self {
        self.of = self.of.over(window);
        self
    }
}

impl IntoQueries for Quantiles {
    fn into_queries(self) -> Vec<Query> {
        let labels = legend(&self.of.kept());
        let one = |rank: &f64| {
            let query = Query::from(self.of.clone().ranked(*rank));
            let name = format!("p{}", rank * 100.0);
            match (self.ranks.len(), labels.is_empty()) {
                (1, false) => query,
                (_, false) => query.legend(format!("{name} {labels}")),
                (_, true) => query.legend(name),
            }
        };
        self.ranks.iter().map(one).collect()
    }
}
