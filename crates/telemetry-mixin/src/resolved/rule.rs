//! Rules and alerts with their expressions parsed.

use crate::model::{Alert, RecordingRule};
use crate::promql::Expression;

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
}

impl ResolvedAlert {
    /// Whether it is made of an objective.
    pub(crate) fn of_objective(&self) -> bool {
        self.runbook != self.alert.name()
    }
}
