//! An objective as declared, from which burn-rate alerts are made.

/// An objective: a share of events that has to be good over 30 days.
///
/// It becomes recording rules of the share of bad events and, by the multi-window method of the Google SRE workbook,
/// four burn-rate alerts: two that page and two that open a ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    /// The name, in words joined by capitals; its alerts are `<name>BurnRate…`.
    pub name: String,
    /// What is promised.
    pub description: String,
    /// The share of good events, between 0 and 1.
    pub objective: f64,
    /// The rate of bad events, with `$window` as its window.
    pub bad: String,
    /// The rate of all events, with `$window` as its window and the labels of `bad`.
    pub total: String,
    /// Who acts.
    pub team: String,
    /// The dashboard to look at, by its slug.
    pub dashboard: String,
    /// Two series for the alerts' tests: one that counts as bad, and one that makes up the rest of all events.
    pub tested: (String, String),
    /// The labels that the alerts keep of those series.
    pub tested_labels: Vec<(String, String)>,
}

impl Slo {
    /// An objective of that name.
    #[must_use]
    pub fn new(name: impl Into<String>, objective: f64, bad: impl Into<String>, total: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            objective,
            bad: bad.into(),
            total: total.into(),
            team: String::new(),
            dashboard: String::new(),
            tested: (String::new(), String::new()),
            tested_labels: Vec::new(),
        }
    }

    /// Says what is promised.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Says who acts.
    #[must_use]
    pub fn team(mut self, team: impl Into<String>) -> Self {
        self.team = team.into();
        self
    }

    /// Names the dashboard to look at.
    #[must_use]
    pub fn dashboard(mut self, slug: impl Into<String>) -> Self {
        self.dashboard = slug.into();
        self
    }

    /// Names two series for the alerts' tests, one that counts as bad and one that makes up the rest of all events, and
    /// the labels that the alerts keep of them.
    #[must_use]
    pub fn tested_with(mut self, bad: impl Into<String>, rest: impl Into<String>, labels: &[(&str, &str)]) -> Self {
        self.tested = (bad.into(), rest.into());
        self.tested_labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self
    }
}
