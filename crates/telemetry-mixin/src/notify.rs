//! Who is told of an alert, when, and through what: what an operator chooses of Alertmanager.

use std::collections::BTreeMap;

use crate::model::Severity;

/// What an operator chooses of Alertmanager.
///
/// In a channel, `$namespace` stands for the namespace and `$team` for the team.
///
/// ```
/// use telemetry_mixin::{AlertmanagerSettings, TeamSettings};
///
/// let mut settings = AlertmanagerSettings::default();
/// settings.warning.slack_channel = Some("#ops".to_owned());
/// settings.teams.insert("agents".to_owned(), TeamSettings { webhook: true, ..TeamSettings::default() });
/// assert_eq!(settings.critical.receiver, "critical-pager");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertmanagerSettings {
    /// Where Prometheus reaches it, `host:port`.
    pub address: String,
    /// The folder of its files with secrets, as Alertmanager sees it. A receiver reads `<receiver>.slack-url` and
    /// `<receiver>.webhook-url` there.
    pub secrets: String,
    /// How critical alerts are told.
    pub critical: NotificationSettings,
    /// How warnings are told, and alerts without a severity.
    pub warning: NotificationSettings,
    /// How notes are told.
    pub info: NotificationSettings,
    /// Teams that are told of their alerts in another way than in a channel `#$namespace-$team`.
    pub teams: BTreeMap<String, TeamSettings>,
    /// Who is told of a critical alert that nobody silences, in this order.
    pub escalation: Vec<EscalationLevel>,
    /// When nothing but what is critical is told.
    pub quiet_hours: Option<QuietHours>,
    /// How many alerts a request to a webhook has at most; 0 means all.
    pub webhook_alerts: u32,
}

impl AlertmanagerSettings {
    /// How alerts of that severity are told.
    pub(crate) fn of(&self, severity: Severity) -> &NotificationSettings {
        match severity {
            Severity::Critical => &self.critical,
            Severity::Warning => &self.warning,
            Severity::Info => &self.info,
        }
    }
}

impl Default for AlertmanagerSettings {
    fn default() -> Self {
        let text = str::to_owned;
        let level = |name: &str, after: &str| EscalationLevel { name: name.to_owned(), after: after.to_owned() };
        Self {
            address: text("alertmanager:9093"),
            secrets: text("/etc/alertmanager/secrets"),
            critical: NotificationSettings {
                receiver: text("critical-pager"),
                slack_channel: Some(text("#$namespace-alerts-critical")),
                webhook: true,
                send_resolved: true,
                group_by: vec![text("alertname"), text("service")],
                group_wait: text("30s"),
                group_interval: text("5m"),
                repeat_interval: text("4h"),
            },
            warning: NotificationSettings {
                receiver: text("warning-slack"),
                slack_channel: Some(text("#$namespace-alerts")),
                webhook: false,
                send_resolved: true,
                group_by: vec![text("alertname")],
                group_wait: text("1m"),
                group_interval: text("10m"),
                repeat_interval: text("12h"),
            },
            info: NotificationSettings {
                receiver: text("info-metrics"),
                slack_channel: None,
                webhook: true,
                send_resolved: false,
                group_by: vec![text("alertname")],
                group_wait: text("5m"),
                group_interval: text("30m"),
                repeat_interval: text("24h"),
            },
            teams: BTreeMap::new(),
            escalation: vec![level("initial", "5m"), level("secondary", "15m"), level("management", "30m")],
            quiet_hours: Some(QuietHours {
                start: text("22:00"),
                end: text("08:00"),
                time_zone: text("America/Los_Angeles"),
            }),
            webhook_alerts: 10,
        }
    }
}

/// How alerts of one severity are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationSettings {
    /// The receiver's name, which its files with secrets have, too.
    pub receiver: String,
    /// The Slack channel, if it is told there.
    pub slack_channel: Option<String>,
    /// Whether a webhook is called.
    pub webhook: bool,
    /// Whether the end of an alert is told.
    pub send_resolved: bool,
    /// The labels by which alerts are told together.
    pub group_by: Vec<String>,
    /// How long the first of a group waits for others.
    pub group_wait: String,
    /// How long what is new in a group waits.
    pub group_interval: String,
    /// After what time a group that still fires is told again.
    pub repeat_interval: String,
}

/// How a team is told of its critical alerts and warnings, beside those who are told of them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamSettings {
    /// The Slack channel, if it is told there; `#$namespace-$team` by default.
    pub slack_channel: Option<String>,
    /// Whether a webhook is called.
    pub webhook: bool,
}

impl Default for TeamSettings {
    fn default() -> Self {
        Self { slack_channel: Some("#$namespace-$team".to_owned()), webhook: false }
    }
}

/// Who is told of a critical alert that nobody has silenced in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationLevel {
    /// The value of the label `escalation`; the receiver is `escalation-<name>`.
    pub name: String,
    /// How long the alert has fired by then, as Prometheus writes a duration.
    pub after: String,
}

/// When nothing but what is critical is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietHours {
    /// When they begin, such as `22:00`.
    pub start: String,
    /// When they end, which may be on the next day.
    pub end: String,
    /// Whose clock it is, by its name in the IANA database.
    pub time_zone: String,
}
