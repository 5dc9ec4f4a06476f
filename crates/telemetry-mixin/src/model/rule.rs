//! A recording rule as declared.

use crate::promql::BOUND;
use crate::query::{Expr, Selector, promql, quantile_of, rate_of_buckets, sum};

/// A Prometheus recording rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingRule {
    /// The name of what it makes, `level:metric:operation`.
    pub name: String,
    /// The expression.
    pub expression: String,
    /// Labels that it adds.
    pub labels: Vec<(String, String)>,
    /// What `$window` in the expression stands for, where exports are no further apart than usual.
    pub window: Option<String>,
}

impl RecordingRule {
    /// A rule of that name.
    #[must_use]
    pub fn new(name: impl Into<String>, expression: impl Into<Expr>) -> Self {
        Self { name: name.into(), expression: expression.into().to_string(), labels: Vec::new(), window: None }
    }

    /// Sets what `$window` stands for in a rule that tells whether something is still exported. Where exports are far
    /// between, the generator raises it to four export intervals, as for [alerts](super::Alert::of_absence).
    ///
    /// ```
    /// use telemetry_mixin::model::RecordingRule;
    /// use telemetry_mixin::query::promql;
    ///
    /// let alive = promql("count by (job) (changes(uptime_seconds[$window]) > 0)");
    /// assert_eq!(RecordingRule::new("job:uptime_seconds:alive", alive).of_absence("90s").window.as_deref(), Some("90s"));
    /// ```
    #[must_use]
    pub fn of_absence(mut self, window: impl Into<String>) -> Self {
        self.window = Some(window.into());
        self
    }

    /// Adds a label to what it makes.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }
}

/// A quantile that an alert and a dashboard read: recorded, so that it is computed once.
///
/// There are two rules: the rate of the buckets by instance, which dashboards narrow to a job and an instance, and the
/// quantile over all of a job's, which the alert reads.
///
/// ```
/// use telemetry_mixin::model::RecordedQuantile;
///
/// let slow = RecordedQuantile::new(0.95, "mail_seconds", &["list"], "5m");
/// assert_eq!(slow.value().to_string(), "job_list:mail_seconds:p95_rate5m");
/// assert_eq!(
///     slow.of_chosen_instances().to_string(),
///     "histogram_quantile(0.95, sum by (le, list) (job_instance_list_le:mail_seconds_bucket:rate5m))",
/// );
/// let [buckets, _] = slow.rules();
/// assert_eq!(buckets.expression, "sum by (job, instance, list, le) (rate(mail_seconds_bucket[5m]))");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedQuantile {
    rank: f64,
    histogram: Selector,
    labels: Vec<String>,
    window: String,
}

impl RecordedQuantile {
    /// That quantile of a histogram by these labels, over that window.
    #[must_use]
    pub fn new(rank: f64, histogram: impl Into<Selector>, labels: &[&str], window: &str) -> Self {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        Self { rank, histogram: histogram.into(), labels, window: window.to_owned() }
    }

    /// The two rules, in the order in which they have to be evaluated.
    #[must_use]
    pub fn rules(&self) -> [RecordingRule; 2] {
        let rates = rate_of_buckets(self.histogram.clone()).by(self.bucket_labels()).over(&self.window);
        [RecordingRule::new(self.buckets(), rates), RecordingRule::new(self.name(), self.of_chosen_instances())]
    }

    /// The recorded quantile.
    #[must_use]
    pub fn value(&self) -> Expr {
        promql(self.name())
    }

    /// The same of the recorded buckets, so that a dashboard can narrow it to a job and an instance.
    #[must_use]
    pub fn of_chosen_instances(&self) -> Expr {
        quantile_of(self.rank, sum(self.buckets().as_str()).by(std::iter::once(BOUND).chain(self.labels())))
    }

    fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(String::as_str)
    }

    fn bucket_labels(&self) -> impl Iterator<Item = &str> {
        ["job", "instance"].into_iter().chain(self.labels()).chain([BOUND])
    }

    fn buckets(&self) -> String {
        let level = self.bucket_labels().collect::<Vec<_>>().join("_");
        format!("{level}:{}_bucket:rate{}", self.histogram.name(), self.window)
    }

    fn name(&self) -> String {
        let level = std::iter::once("job").chain(self.labels()).collect::<Vec<_>>().join("_");
        format!("{level}:{}:p{}_rate{}", self.histogram.name(), self.rank * 100.0, self.window)
    }
}
