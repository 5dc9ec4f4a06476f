//! Rules and alerts with their expressions parsed.

use crate::model::{Alert, AlertTest, RecordingRule};
use crate::promql::{Expression, quoted, value_of};

#[derive(Clone)]
pub(crate) struct ResolvedRule {
    pub(crate) rule: RecordingRule,
    pub(crate) expression: Expression,
    pub(crate) group: RuleGroup,
}

/// Which rules are evaluated together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleGroup {
    /// What the domain declares.
    Own,
    /// What is made of objectives.
    Objectives,
    /// The same, of so much time that it is evaluated less often.
    Months,
}

#[derive(Clone)]
pub(crate) struct ResolvedAlert {
    pub(crate) alert: Alert,
    pub(crate) expression: Expression,
    /// The runbook's name: the alert's own, or that of the objective.
    pub(crate) runbook: String,
    /// Whether no setting has changed when it fires.
    pub(crate) as_declared: bool,
    /// Whether it is about one service, whose name it carries.
    pub(crate) of_service: bool,
    /// The label and the value that it is about alone.
    pub(crate) of_value: Option<(String, String)>,
    /// Rules of the same name for values that have a threshold of their own, and that this one leaves out.
    pub(crate) with_own_threshold: Vec<Self>,
}

impl ResolvedAlert {
    /// Whether it is made of an objective.
    pub(crate) fn of_objective(&self) -> bool {
        self.runbook != self.alert.name()
    }

    /// The rules that there are of that name.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.with_own_threshold)
    }

    /// The thresholds of the values that have one of their own, each with the matcher of its value.
    pub(crate) fn own_thresholds(&self) -> impl Iterator<Item = (String, f64)> {
        self.with_own_threshold.iter().filter_map(|own| {
            let (label, value) = own.of_value.as_ref()?;
            Some((format!("{label}={}", quoted(value)), own.alert.threshold?))
        })
    }

    /// The proofs that hold for it.
    pub(crate) fn proofs(&self) -> impl Iterator<Item = &AlertTest> {
        let tests = if self.as_declared { &self.alert.tests[..] } else { &[] };
        tests.iter().filter(|test| !self.with_own_threshold.iter().any(|own| own.is_about(test)))
    }

    /// Whether a proof has series of the value that it is about.
    fn is_about(&self, test: &AlertTest) -> bool {
        let Some((label, value)) = &self.of_value else { return false };
        test.input.iter().any(|(series, _)| value_of(&Expression::new(series), label) == Some(value))
    }
}
