//! A runbook, and the headings that it has to have.

/// What to do when an alert fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runbook {
    /// The alert's name, and that of the page.
    pub name: String,
    /// The page in Markdown: a title and the sections of [`SECTIONS`](Self::SECTIONS).
    pub text: String,
}

impl Runbook {
    /// The headings that every runbook has, in this order.
    pub const SECTIONS: [&'static str; 4] = ["Meaning", "Impact", "Diagnosis", "Mitigation"];

    /// A runbook for the alert of that name, embedded with `include_str!`.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}
