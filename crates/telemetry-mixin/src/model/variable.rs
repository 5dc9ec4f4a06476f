//! The choices at the top of a dashboard.

/// A choice at the top of a dashboard, filled with a label's values; `job` and `instance` are there without asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The name, which expressions use as `$name`.
    pub name: String,
    /// What the operator reads.
    pub label: String,
    /// The series whose label is listed, with matchers where other variables narrow it:
    /// `agentpane_agent_status{project_id=~"$project_id"}`.
    pub series: String,
    /// The label whose values are listed.
    pub values_of: String,
}

impl Variable {
    /// A variable named like the label that it lists.
    #[must_use]
    pub fn new(values_of: impl Into<String>, label: impl Into<String>, series: impl Into<String>) -> Self {
        let values_of = values_of.into();
        Self { name: values_of.clone(), label: label.into(), series: series.into(), values_of }
    }
}
