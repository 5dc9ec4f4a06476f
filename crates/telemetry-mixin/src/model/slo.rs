//! An objective as declared, from which burn-rate alerts are made.

use super::Runbook;
use crate::query::{Expr, Selector};

/// An objective: a share of events that has to be good over 30 days.
///
/// It becomes recording rules of the share of bad events and, by the multi-window method of the Google SRE workbook,
/// four burn-rate alerts: two that page and two that open a ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    /// What to do when its budget burns; its name is the objective's, in words joined by capitals, and its alerts are
    /// `<name>BurnRate…`.
    pub runbook: Runbook,
    /// What is promised.
    pub description: String,
    /// The share of good events, between 0 and 1.
    pub objective: f64,
    /// The rate of bad events, with `$window` as its window.
    pub bad: Expr,
    /// The rate of all events, with `$window` as its window and the labels of `bad`.
    pub total: Expr,
    /// Who acts.
    pub team: String,
    /// The dashboard to look at, by its slug.
    pub dashboard: String,
    /// Two series for the alerts' tests: one that counts as bad, and one that makes up the rest of all events.
    pub tested: (String, String),
    /// The labels that the alerts keep of those series.
    pub tested_labels: Vec<(String, String)>,
}

/// What every objective has to say, besides its runbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective<'a> {
    /// The share of good events, between 0 and 1.
    pub good: f64,
    /// What is promised.
    pub promise: &'a str,
    /// The rate of bad events.
    pub bad: Expr,
    /// The rate of all events, with the labels of `bad`.
    pub total: Expr,
    /// Who acts.
    pub team: &'a str,
    /// The dashboard to look at, by its slug.
    pub dashboard: &'a str,
    /// Two series for the alerts' tests: one that counts as bad, and one that makes up the rest of all events.
    pub tested: (Selector, Selector),
    /// The labels that the alerts keep of those series.
    pub tested_labels: &'a [(&'a str, &'a str)],
}

impl Slo {
    /// An objective under the name of its runbook.
    ///
    /// ```
    /// use telemetry_mixin::model::{Objective, Runbook, Slo};
    /// use telemetry_mixin::query::{given, rate};
    ///
    /// let slo = Slo::new(
    ///     Runbook::new("MailDelivery", "# MailDelivery\n"),
    ///     Objective {
    ///         good: 0.99,
    ///         promise: "of a hundred mails at most one is refused",
    ///         bad: rate("mails_total").is("outcome", "refused").into(),
    ///         total: rate("mails_total").into(),
    ///         team: "mail",
    ///         dashboard: "mails",
    ///         tested: (
    ///             given("mails_total", "a").is("outcome", "refused"),
    ///             given("mails_total", "a").is("outcome", "sent"),
    ///         ),
    ///         tested_labels: &[],
    ///     },
    /// );
    /// assert_eq!(slo.name(), "MailDelivery");
    /// ```
    #[must_use]
    pub fn new(runbook: Runbook, objective: Objective<'_>) -> Self {
        let Objective { good, promise, bad, total, team, dashboard, tested, tested_labels } = objective;
        Self {
            runbook,
            description: promise.to_owned(),
            objective: good,
            bad,
            total,
            team: team.to_owned(),
            dashboard: dashboard.to_owned(),
            tested: (tested.0.into(), tested.1.into()),
            tested_labels: tested_labels
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }
    /// The name, which is that of its runbook.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.runbook.name
    }
}
