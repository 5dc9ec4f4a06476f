//! An alert as declared: its condition, whom it concerns, and its proofs.

use std::fmt;

use telemetry_core::Choice;

use super::Runbook;
use crate::query::Expr;

/// How urgent an alert is; `as_str` is the value of the label `severity`.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a note, no one has to act.
    Info,
    /// Someone has to look within the day.
    Warning,
    /// Someone is paged.
    Critical,
}

impl Severity {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Critical, Self::Warning, Self::Info];
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A Prometheus alert.
///
/// The expression and the texts may hold `$threshold` and `$window`, which stand for [`threshold`](Self::threshold)
/// and [`window`](Self::window), so that an operator can set them without touching the expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// What to do when it fires; its name is the alert's, in words joined by capitals.
    pub runbook: Runbook,
    /// The expression, which has an explicit comparison.
    pub expression: String,
    /// What `$threshold` stands for.
    pub threshold: Option<f64>,
    /// What `$window` stands for, as Prometheus writes a duration.
    pub window: String,
    /// How long the expression has to hold, as Prometheus writes a duration.
    pub hold: String,
    /// For how long it goes on firing once the expression holds no longer, as Prometheus writes a duration.
    pub keep_firing: Option<String>,
    /// How urgent it is.
    pub severity: Severity,
    /// Who acts.
    pub team: String,
    /// What has happened, without values: one text for all series, so that they are grouped under it.
    pub summary: String,
    /// What has happened to which series: templates of labels that the expression keeps, and of the value.
    pub description: String,
    /// The dashboard to look at, by its slug.
    pub dashboard: String,
    /// What is wrong, where several alerts tell of it: a critical one silences the lesser ones of the same cause.
    pub cause: Option<String>,
    /// Whether it tells of what is no longer exported.
    pub of_absence: bool,
    /// Whether it tells of an event that is worth a note by itself.
    pub of_event: bool,
    /// Proofs that it fires and that it does not.
    pub tests: Vec<AlertTest>,
}

/// What every alert has to say, besides its runbook.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertRule<'a> {
    /// When it fires; a comparison with [`threshold`](crate::query::threshold) can be set by operators.
    pub when: Expr,
    /// How long that has to hold, as Prometheus writes a duration.
    pub hold: &'a str,
    /// How urgent it is.
    pub severity: Severity,
    /// Who acts.
    pub team: &'a str,
    /// What has happened, without values.
    pub summary: &'a str,
    /// What has happened to which series: templates of labels that the expression keeps, and of the value.
    pub description: &'a str,
    /// The dashboard to look at, by its slug.
    pub dashboard: &'a str,
}

impl Alert {
    /// An alert under the name of its runbook. The window of its rates is 5 minutes until [`window`](Self::window) says
    /// otherwise; it needs two [tests](Self::test), one in which it fires and one in which it does not.
    ///
    /// ```
    /// use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Runbook, Severity};
    /// use telemetry_mixin::query::{given, rate, threshold};
    ///
    /// // `runbook!("MailsRefused")` reads it from `runbooks/MailsRefused.md`.
    /// let runbook = Runbook::new("MailsRefused", "# MailsRefused\n\n## Meaning\n\nThe server refuses mails.\n");
    /// let alert = Alert::new(
    ///     runbook,
    ///     AlertRule {
    ///         when: rate("mails_refused_total").by(["list"]).above(threshold(0.1)),
    ///         hold: "2m",
    ///         severity: Severity::Warning,
    ///         team: "mail",
    ///         summary: "The mail server refuses mails",
    ///         description: "{{ $value }} mails a second of list {{ $labels.list }} are refused.",
    ///         dashboard: "mails",
    ///     },
    /// )
    /// .test(
    ///     AlertTest::new("thirty a minute are refused", "10m")
    ///         .series(given("mails_refused_total", "a").is("list", "news"), "0+30x20")
    ///         .fires(&[("list", "news")], "0.5"),
    /// );
    /// assert_eq!(alert.name(), "MailsRefused");
    /// assert_eq!(alert.expression, "sum by (list) (rate(mails_refused_total[$window])) > $threshold");
    /// assert_eq!(alert.threshold, Some(0.1));
    /// ```
    #[must_use]
    pub fn new(runbook: Runbook, rule: AlertRule<'_>) -> Self {
        let AlertRule { when, hold, severity, team, summary, description, dashboard } = rule;
        Self {
            runbook,
            expression: when.to_string(),
            threshold: when.threshold,
            window: "5m".to_owned(),
            hold: hold.to_owned(),
            keep_firing: None,
            severity,
            team: team.to_owned(),
            summary: summary.to_owned(),
            description: description.to_owned(),
            dashboard: dashboard.to_owned(),
            cause: None,
            of_absence: false,
            of_event: false,
            tests: Vec::new(),
        }
    }

    /// The name, which is that of its runbook.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.runbook.name
    }

    /// Sets what `$window` stands for.
    #[must_use]
    pub fn window(mut self, window: impl Into<String>) -> Self {
        self.window = window.into();
        self
    }

    /// Has it go on firing for that time once the expression holds no longer, as Prometheus writes a duration: a rate about
    /// its limit is one alert and not many.
    #[must_use]
    pub fn keep_firing(mut self, time: impl Into<String>) -> Self {
        self.keep_firing = Some(time.into());
        self
    }

    /// Names the cause that it shares with other alerts.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Says that it tells of what is no longer exported. Where exports are far between, the generator raises its window
    /// and the time that it has to hold, to four export intervals each: an export that comes late is no absence.
    #[must_use]
    pub fn of_absence(mut self) -> Self {
        self.of_absence = true;
        self
    }

    /// Says that it tells of an event that is worth a note by itself. Other alerts of severity info are told only while
    /// something more serious fires of the same service.
    #[must_use]
    pub fn of_event(mut self) -> Self {
        self.of_event = true;
        self
    }

    /// Adds a proof.
    #[must_use]
    pub fn test(mut self, test: AlertTest) -> Self {
        self.tests.push(test);
        self
    }
}

/// A proof that an alert fires, or that it does not: series go in, promtool evaluates the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertTest {
    /// The case in words.
    pub name: String,
    /// Series and their values, one a minute, in promtool's notation: `0+30x20` starts at 0 and adds 30 twenty times.
    pub input: Vec<(String, String)>,
    /// When to look, as Prometheus writes a duration.
    pub at: String,
    /// The alerts that are firing then; none in a proof that it does not fire.
    pub expected: Vec<Expected>,
}

/// A firing alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The labels that the expression keeps.
    pub labels: Vec<(String, String)>,
    /// The value as the description shows it.
    pub value: String,
}

impl AlertTest {
    /// A case that is looked at after that time; it expects silence until [`fires`](Self::fires) says otherwise.
    #[must_use]
    pub fn new(name: impl Into<String>, at: impl Into<String>) -> Self {
        Self { name: name.into(), input: Vec::new(), at: at.into(), expected: Vec::new() }
    }

    /// Adds a series and its values, one a minute.
    #[must_use]
    pub fn series(mut self, series: impl Into<String>, values: impl Into<String>) -> Self {
        self.input.push((series.into(), values.into()));
        self
    }

    /// Expects the alert to fire with these labels and with that value in its description.
    #[must_use]
    pub fn fires(mut self, labels: &[(&str, &str)], value: impl Into<String>) -> Self {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.expected.push(Expected { labels, value: value.into() });
        self
    }
}
