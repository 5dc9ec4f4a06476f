//! An objective as declared, from which recordings, burn-rate alerts and panels are made.

use super::Runbook;
use crate::query::{Expr, Selector};

/// An objective: a share of events that has to be good over 30 days.
///
/// It becomes recording rules of the share of bad events over each window and of the error budget that is left, four
/// burn-rate alerts by the multi-window method of the Google SRE workbook (two that page and two that open a ticket), and
/// panels on its dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    /// What to do when its budget burns; its name is the objective's, in words joined by capitals, and its alerts are
    /// `<name>BurnRate…`.
    pub runbook: Runbook,
    /// What is promised; `$objective` in it stands for the share of good events in percent.
    pub description: String,
    /// The share of good events, between 0 and 1.
    pub objective: f64,
    /// The rate of bad events, with `$window` as its window.
    pub bad: Expr,
    /// The rate of all events, with `$window` as its window and the labels of `bad`.
    pub total: Expr,
    /// How many events there have to be within an alert's long window: of fewer nothing is concluded.
    pub least_events: f64,
    /// Who acts.
    pub team: String,
    /// The dashboard to look at, by its slug.
    pub dashboard: String,
    /// What the alerts' tests count events with.
    pub tested: Tested,
    /// The labels that the alerts keep of those series.
    pub tested_labels: Vec<(String, String)>,
}

/// What every objective has to say, besides its runbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective<'a> {
    /// The share of good events, between 0 and 1.
    pub good: f64,
    /// What is promised; `$objective` in it stands for the share of good events in percent.
    pub promise: &'a str,
    /// The rate of bad events.
    pub bad: Expr,
    /// The rate of all events, with the labels of `bad`.
    pub total: Expr,
    /// Who acts.
    pub team: &'a str,
    /// The dashboard to look at, by its slug.
    pub dashboard: &'a str,
    /// What the alerts' tests count events with.
    pub tested: Tested,
    /// The labels that the alerts keep of those series, `job` among them.
    pub tested_labels: &'a [(&'a str, &'a str)],
}

/// The two series of which an objective's tests are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    first: String,
    good: String,
    first_is_all: bool,
}

impl Tested {
    /// One series counts bad events, the other good ones.
    #[must_use]
    pub fn bad_and_good(bad: impl Into<Selector>, good: impl Into<Selector>) -> Self {
        Self { first: bad.into().into(), good: good.into().into(), first_is_all: false }
    }

    /// One series counts all events, the other the good ones among them, as a histogram does.
    #[must_use]
    pub fn all_and_good(all: impl Into<Selector>, good: impl Into<Selector>) -> Self {
        Self { first: all.into().into(), good: good.into().into(), first_is_all: true }
    }

    /// The same about series that are called otherwise.
    pub(crate) fn renamed(self, name: impl Fn(&str) -> String) -> Self {
        Self { first: name(&self.first), good: name(&self.good), ..self }
    }

    /// Both series, each with what it counts of so many bad and good events.
    pub(crate) fn counting(&self, bad: f64, good: f64) -> [(&str, f64); 2] {
        let first = if self.first_is_all { bad + good } else { bad };
        [(&self.first, first), (&self.good, good)]
    }
}

impl Slo {
    /// How many events there have to be within an alert's long window, unless [`least_events`](Self::least_events) says
    /// otherwise.
    pub const LEAST_EVENTS: f64 = 20.0;

    /// An objective under the name of its runbook.
    ///
    /// ```
    /// use telemetry_mixin::model::{Objective, Runbook, Slo, Tested};
    /// use telemetry_mixin::query::{given, rate};
    ///
    /// let slo = Slo::new(
    ///     Runbook::new("MailDelivery", "# MailDelivery\n"),
    ///     Objective {
    ///         good: 0.99,
    ///         promise: "$objective of all mails are taken",
    ///         bad: rate("mails_total").is("outcome", "refused").by(["job"]).into(),
    ///         total: rate("mails_total").by(["job"]).into(),
    ///         team: "mail",
    ///         dashboard: "mails",
    ///         tested: Tested::bad_and_good(
    ///             given("mails_total", "a").is("outcome", "refused"),
    ///             given("mails_total", "a").is("outcome", "sent"),
    ///         ),
    ///         tested_labels: &[("job", "api")],
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
            least_events: Self::LEAST_EVENTS,
            team: team.to_owned(),
            dashboard: dashboard.to_owned(),
            tested,
            tested_labels: tested_labels
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    /// Sets how many events there have to be within an alert's long window, so that the few of a quiet night alert nobody. An
    /// operator sets it by the alert's name, as its threshold.
    #[must_use]
    pub fn least_events(mut self, least: f64) -> Self {
        self.least_events = least;
        self
    }

    /// The name, which is that of its runbook.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.runbook.name
    }
}
