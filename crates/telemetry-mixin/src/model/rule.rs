//! A recording rule as declared.

/// A Prometheus recording rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingRule {
    /// The name of what it makes, `level:metric:operation`.
    pub name: String,
    /// The expression.
    pub expression: String,
    /// Labels that it adds.
    pub labels: Vec<(String, String)>,
}

impl RecordingRule {
    /// A rule of that name.
    #[must_use]
    pub fn new(name: impl Into<String>, expression: impl Into<String>) -> Self {
        Self { name: name.into(), expression: expression.into(), labels: Vec::new() }
    }

    /// Adds a label to what it makes.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }
}
