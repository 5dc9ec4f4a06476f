//! What the severities are called.

use crate::model::Severity;

/// The values of the label `severity`, which rules have and routes and inhibitions go by: a house may say `page` and
/// `ticket`.
///
/// ```
/// use telemetry_mixin::SeverityWords;
/// use telemetry_mixin::model::Severity;
///
/// let words = SeverityWords { critical: "page".to_owned(), ..SeverityWords::default() };
/// assert_eq!((words.of(Severity::Critical), words.of(Severity::Info)), ("page", "info"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityWords {
    /// Of what somebody is paged for.
    pub critical: String,
    /// Of what somebody has to look at within the day.
    pub warning: String,
    /// Of what is worth a note.
    pub info: String,
}

impl Default for SeverityWords {
    fn default() -> Self {
        let word = |severity: Severity| severity.as_str().to_owned();
        Self { critical: word(Severity::Critical), warning: word(Severity::Warning), info: word(Severity::Info) }
    }
}

impl SeverityWords {
    /// The word for a severity.
    #[must_use]
    pub fn of(&self, severity: Severity) -> &str {
        match severity {
            Severity::Critical => &self.critical,
            Severity::Warning => &self.warning,
            Severity::Info => &self.info,
        }
    }

    /// The word in place of a declared one; any other as it is.
    pub(crate) fn instead_of<'a>(&'a self, declared: &'a str) -> &'a str {
        let known = Severity::ALL.into_iter().find(|severity| severity.as_str() == declared);
        known.map_or(declared, |severity| self.of(severity))
    }
}
