//! Receivers: webhooks and Slack channels, each with its address in a file.

use serde::Serialize;

use super::team::{INFO_INHIBITOR, NONE, Team, WATCHDOG, has};
use crate::resolved::ResolvedAlert;
use crate::settings::GeneratorSettings;

#[derive(Serialize)]
pub(super) struct Receiver {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    slack_configs: Option<[Slack; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_configs: Option<[Webhook; 1]>,
}

#[derive(Serialize)]
struct Slack {
    api_url_file: String,
    channel: String,
    send_resolved: bool,
    color: &'static str,
    title: &'static str,
    title_link: &'static str,
    text: &'static str,
    fallback: &'static str,
}

#[derive(Serialize)]
struct Webhook {
    url_file: String,
    send_resolved: bool,
    max_alerts: u32,
}

/// Every receiver that a route names.
pub(super) fn receivers(alerts: &[&ResolvedAlert], teams: &[Team], settings: &GeneratorSettings) -> Vec<Receiver> {
    let own = &settings.alertmanager;
    let make = Make { settings };
    let mut receivers: Vec<Receiver> = [&own.critical, &own.warning, &own.info]
        .into_iter()
        .map(|told| make.receiver(&told.receiver, told.slack_channel.clone(), told.webhook, told.send_resolved))
        .collect();
    for level in &own.escalation {
        receivers.push(make.receiver(&format!("escalation-{}", level.name), None, true, true));
    }
    for team in teams {
        let channel = team.told.slack_channel.as_ref().map(|channel| channel.replace("$team", &team.name));
        receivers.push(make.receiver(&team.receiver(), channel, team.told.webhook, true));
    }
    if has(alerts, WATCHDOG) {
        receivers.push(make.receiver("watchdog", None, true, false));
    }
    if has(alerts, INFO_INHIBITOR) {
        receivers.push(make.receiver(NONE, None, false, false));
    }
    receivers
}

struct Make<'a> {
    settings: &'a GeneratorSettings,
}

impl Make<'_> {
    fn receiver(&self, name: &str, channel: Option<String>, webhook: bool, send_resolved: bool) -> Receiver {
        let own = &self.settings.alertmanager;
        let secret = |kind: &str| format!("{}/{name}.{kind}", own.secrets.trim_end_matches('/'));
        let slack = channel.map(|channel| Slack {
            api_url_file: secret("slack-url"),
            channel: channel.replace("$namespace", self.settings.namespace.as_str()),
            send_resolved,
            color: r#"{{ template "telemetry.color" . }}"#,
            title: r#"{{ template "telemetry.title" . }}"#,
            title_link: r#"{{ template "telemetry.link" . }}"#,
            text: r#"{{ template "telemetry.text" . }}"#,
            fallback: r#"{{ template "telemetry.title" . }}"#,
        });
        let webhook =
            webhook.then(|| Webhook { url_file: secret("webhook-url"), send_resolved, max_alerts: own.webhook_alerts });
        Receiver {
            name: name.to_owned(),
            slack_configs: slack.map(|slack| [slack]),
            webhook_configs: webhook.map(|webhook| [webhook]),
        }
    }
}
