//! What is found, with the file it is in and the weight that the reader gives it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use telemetry_core::readable;

use crate::promql::{Finding, Lint, Weight};

/// What is to be done about a kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// Nothing is told of it.
    Ignore,
    /// It is told as a note.
    Note,
    /// It is told as a warning.
    Warn,
    /// It is told as an error.
    Deny,
}

impl FromStr for Ruling {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "ignore" => Ok(Self::Ignore),
            "note" => Ok(Self::Note),
            "warn" => Ok(Self::Warn),
            "deny" => Ok(Self::Deny),
            _ => Err(format!("{text:?} is none of ignore, note, warn and deny")),
        }
    }
}

/// What is to be done about each kind of problem; what is not named weighs as it does by itself.
///
/// ```
/// use telemetry_mixin::{Ruling, Rulings};
/// use telemetry_mixin::promql::{Lint, Weight};
///
/// let rulings = Rulings::default().with(Lint::ForeignMetric, Ruling::Warn).with(Lint::RatioInside, Ruling::Ignore);
/// assert_eq!(rulings.weight(Lint::ForeignMetric), Some(Weight::Warning));
/// assert_eq!(rulings.weight(Lint::RatioInside), None);
/// assert_eq!(rulings.weight(Lint::Syntax), Some(Weight::Error));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Rulings {
    rulings: BTreeMap<Lint, Ruling>,
}

impl Rulings {
    /// With this ruling for that kind of problem.
    #[must_use]
    pub fn with(mut self, lint: Lint, ruling: Ruling) -> Self {
        self.rulings.insert(lint, ruling);
        self
    }

    /// How much a kind of problem weighs; `None` where nothing is to be told of it.
    #[must_use]
    pub fn weight(&self, lint: Lint) -> Option<Weight> {
        match self.rulings.get(&lint) {
            None => Some(lint.weight()),
            Some(Ruling::Ignore) => None,
            Some(Ruling::Note) => Some(Weight::Note),
            Some(Ruling::Warn) => Some(Weight::Warning),
            Some(Ruling::Deny) => Some(Weight::Error),
        }
    }

    /// Those of a file's findings that are to be told.
    pub fn weigh(&self, file: &str, findings: Vec<Finding>) -> impl Iterator<Item = Verified> {
        findings.into_iter().filter_map(move |finding| {
            let weight = self.weight(finding.problem.lint)?;
            Some(Verified { file: file.to_owned(), finding, weight })
        })
    }
}

/// A finding that is told. Shown, it has the file, the place and the kind of problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The file as it was named.
    pub file: String,
    /// What was found there.
    pub finding: Finding,
    /// How much it weighs.
    pub weight: Weight,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", readable(&self.file))?;
        if let Some(position) = self.finding.position {
            write!(f, "{}:{}:", position.line(), position.column())?;
        }
        write!(f, " {}\n   = kind: {}", self.finding.weighing(self.weight), self.finding.problem.lint)
    }
}
