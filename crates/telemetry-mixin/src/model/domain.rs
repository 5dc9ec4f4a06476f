//! A domain: its catalogue beside all that operators see of it.

use telemetry_core::{Catalogue, Kind, MetricDef};

use super::{Alert, Dashboard, RecordingRule, Runbook, Slo};

/// One domain: what it measures, and what operators see of it.
#[derive(Debug, Clone)]
pub struct Domain {
    /// A short lower-case name, which is that of its rule files: `runtime`.
    pub name: String,
    /// Its metrics.
    pub catalogue: Catalogue,
    /// Its dashboards, rules and alerts.
    pub mixin: Mixin,
}

impl Domain {
    /// A domain of that name.
    #[must_use]
    pub fn new(name: impl Into<String>, catalogue: Catalogue, mixin: Mixin) -> Self {
        Self { name: name.into(), catalogue, mixin }
    }
}

/// The dashboards, rules, alerts and objectives of one domain; an alert and an objective hold their runbook.
///
/// ```
/// use telemetry_mixin::model::{Dashboard, Mixin, Panel, Unit};
/// use telemetry_mixin::query::sum;
///
/// let up = Panel::stat("Targets Up", "Targets that answered the last scrape", Unit::Short, sum("up"));
/// let mixin = Mixin::new().dashboard(Dashboard::new("targets", "Targets", "Which targets answer").panel(up));
/// assert_eq!(mixin.dashboards.len(), 1);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Mixin {
    /// Grafana dashboards.
    pub dashboards: Vec<Dashboard>,
    /// Prometheus recording rules; one may read those before it.
    pub rules: Vec<RecordingRule>,
    /// Prometheus alerts.
    pub alerts: Vec<Alert>,
    /// Objectives, each of which becomes recording rules and burn-rate alerts.
    pub slos: Vec<Slo>,
    /// Metrics of other systems that its expressions read.
    pub foreign: Vec<ForeignMetric>,
    /// Metrics of its own that no panel, alert or rule reads, and why not.
    pub unread: Vec<(String, String)>,
}

impl Mixin {
    /// An empty mixin.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a dashboard.
    #[must_use]
    pub fn dashboard(mut self, dashboard: Dashboard) -> Self {
        self.dashboards.push(dashboard);
        self
    }

    /// Adds a recording rule.
    #[must_use]
    pub fn rule(mut self, rule: RecordingRule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Adds recording rules.
    #[must_use]
    pub fn rules(mut self, rules: impl IntoIterator<Item = RecordingRule>) -> Self {
        self.rules.extend(rules);
        self
    }

    /// Adds an alert.
    #[must_use]
    pub fn alert(mut self, alert: Alert) -> Self {
        self.alerts.push(alert);
        self
    }

    /// Adds an objective.
    #[must_use]
    pub fn slo(mut self, slo: Slo) -> Self {
        self.slos.push(slo);
        self
    }

    /// Adds objectives.
    #[must_use]
    pub fn slos(mut self, slos: impl IntoIterator<Item = Slo>) -> Self {
        self.slos.extend(slos);
        self
    }

    /// Says why no panel, alert or rule reads a metric; its page tells it. Of one that is read, that is refused.
    #[must_use]
    pub fn unread(mut self, metric: &MetricDef, reason: impl Into<String>) -> Self {
        self.unread.push((metric.name.to_owned(), reason.into()));
        self
    }

    /// The runbooks of its alerts and objectives.
    pub fn runbooks(&self) -> impl Iterator<Item = &Runbook> {
        let alerts = self.alerts.iter().map(|alert| &alert.runbook);
        alerts.chain(self.slos.iter().map(|objective| &objective.runbook))
    }

    /// Adds a metric that another system exposes.
    #[must_use]
    pub fn foreign(mut self, metric: ForeignMetric) -> Self {
        self.foreign.push(metric);
        self
    }
}

/// A metric that no catalogue declares: another exporter's, the collector's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignMetric {
    /// The name of the series, a histogram's suffix included.
    pub name: String,
    /// Its kind, where known: without it, neither raw use nor `rate` is refused.
    pub kind: Option<Kind>,
    /// Its labels beside `job` and `instance`; none means that any label is accepted.
    pub labels: Vec<String>,
}

impl ForeignMetric {
    /// A metric of that kind with any labels.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind: Some(kind), labels: Vec::new() }
    }

    /// Limits it to these labels.
    #[must_use]
    pub fn labels<'a>(mut self, labels: impl IntoIterator<Item = &'a str>) -> Self {
        self.labels = labels.into_iter().map(str::to_owned).collect();
        self
    }
}
