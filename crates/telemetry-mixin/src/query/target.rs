//! A query of a panel, with its legend.

/// One query of a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The expression, without the `job` and `instance` matchers, which the generator adds to every selector.
    pub expression: String,
    /// How a series is named: `{{tool_id}}`, `p95 {{kind}}`.
    pub legend: String,
    /// Whether only the latest value is asked for, as a table, a bar or a pie shows it.
    pub instant: bool,
}

impl Query {
    /// A query over the dashboard's time range.
    #[must_use]
    pub fn new(expression: impl Into<String>) -> Self {
        Self { expression: expression.into(), legend: String::new(), instant: false }
    }

    /// A ratio that is 0 where nothing was counted above the line, and has no value where nothing was below it.
    ///
    /// Both sides need the same labels.
    ///
    /// ```
    /// use telemetry_mixin::model::Query;
    ///
    /// let query = Query::ratio("sum(rate(errors_total[5m]))", "sum(rate(requests_total[5m]))");
    /// assert_eq!(
    ///     query.expression,
    ///     "(sum(rate(errors_total[5m])) or 0 * sum(rate(requests_total[5m]))) / (sum(rate(requests_total[5m])) > 0)",
    /// );
    /// ```
    #[must_use]
    pub fn ratio(part: &str, of: &str) -> Self {
        Self::new(format!("({part} or 0 * {of}) / ({of} > 0)"))
    }

    /// Names its series.
    #[must_use]
    pub fn legend(mut self, legend: impl Into<String>) -> Self {
        self.legend = legend.into();
        self
    }

    /// Asks for the latest value only.
    #[must_use]
    pub fn instant(mut self) -> Self {
        self.instant = true;
        self
    }
}
