//! A label as declared: free text with a bound, or a closed set of values.

/// One label of a metric, as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelDef {
    /// The label's name as Prometheus shows it.
    pub name: &'static str,
    /// Which values it takes.
    pub values: LabelValues,
    /// How many different values are kept before further ones fold into `_other`;
    /// `None` takes the meter's setting. Meaningless for a closed set.
    pub max_values: Option<usize>,
}

impl LabelDef {
    /// A free-text label, bounded by the meter's setting.
    #[must_use]
    pub const fn text(name: &'static str) -> Self {
        Self { name, values: LabelValues::Text, max_values: None }
    }

    /// A label with a closed set of values.
    #[must_use]
    pub const fn closed(name: &'static str, values: &'static [&'static str]) -> Self {
        Self { name, values: LabelValues::Closed(values), max_values: None }
    }

    /// Whether the label is left out unless detail labels are turned on.
    #[must_use]
    pub const fn is_detail(&self) -> bool {
        matches!(self.values, LabelValues::Detail)
    }

    /// Whether it is an attribute of the OpenTelemetry semantic conventions, which alone have dots. One that does not
    /// apply is left out, where a label of ours has an empty value.
    #[must_use]
    pub fn is_convention(&self) -> bool {
        self.name.contains('.')
    }

    /// Whether the conventions say that its values are whole numbers, and no text.
    #[must_use]
    pub fn is_whole_number(&self) -> bool {
        ["http.response.status_code", "server.port"].contains(&self.name)
    }
}

/// Which values a label takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelValues {
    /// These and no others: a Rust enum.
    Closed(&'static [&'static str]),
    /// Free text, bounded by the cardinality guard.
    Text,
    /// Free text, left out unless detail labels are turned on.
    Detail,
    /// Bounded text of a form that this sentence describes (`HTTP status code`).
    Described(&'static str),
}
