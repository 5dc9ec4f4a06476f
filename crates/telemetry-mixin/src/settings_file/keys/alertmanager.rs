//! The keys of who is told of alerts, when, and through what.

use crate::notify::{EscalationLevel, NotificationSettings, QuietHours, TeamSettings};
use crate::promql::listing;
use crate::settings::{CHANNEL, FOLDER, GeneratorSettings, HOST_AND_PORT, TIME_OF_DAY, TIME_ZONE, WORD, time};
use crate::settings_file::accepts::Accepts::{Flag, Grouping, Of, OrNone, Time, TimeOrNone, Whole};
use crate::settings_file::key::Key;
use crate::settings_file::key::Unset::{Is, Means};
use crate::settings_file::written::{NONE, quoted};

/// The keys of how alerts of one severity are told.
macro_rules! notification {
    ($severity:ident) => {
        [
            Key {
                path: concat!("alertmanager.", stringify!($severity), ".receiver"),
                meaning: "The name of the receiver, and of its files with secrets.",
                unset: Is(|settings| quoted(&settings.alertmanager.$severity.receiver)),
                accepts: Of(&WORD, |settings, _, receiver| {
                    settings.alertmanager.$severity.receiver = receiver;
                    Ok(())
                }),
            },
            Key {
                path: concat!("alertmanager.", stringify!($severity), ".slack_channel"),
                meaning: "The channel of Slack. `$namespace` in it stands for the namespace.",
                unset: Is(|settings| channel(&settings.alertmanager.$severity)),
                accepts: OrNone(&CHANNEL, |settings, _, channel| {
                    settings.alertmanager.$severity.slack_channel = channel;
                    Ok(())
                }),
            },
            Key {
                path: concat!("alertmanager.", stringify!($severity), ".webhook"),
                meaning: "Whether a webhook is called.",
                unset: Is(|settings| settings.alertmanager.$severity.webhook.to_string()),
                accepts: Flag(|settings, _, webhook| {
                    settings.alertmanager.$severity.webhook = webhook;
                    Ok(())
                }),
            },
            Key {
                path: concat!("alertmanager.", stringify!($severity), ".send_resolved"),
                meaning: "Whether the end of an alert is told.",
                unset: Is(|settings| settings.alertmanager.$severity.send_resolved.to_string()),
                accepts: Flag(|settings, _, send| {
                    settings.alertmanager.$severity.send_resolved = send;
                    Ok(())
                }),
            },
            Key {
                path: concat!("alertmanager.", stringify!($severity), ".group_by"),
                meaning: "The labels by which alerts are told together.",
                unset: Is(|settings| format!("{:?}", settings.alertmanager.$severity.group_by)),
                accepts: Grouping(|settings, _, labels| {
                    settings.alertmanager.$severity.group_by = labels;
                    Ok(())
                }),
            },
            Key {
                path: concat!("alertmanager.", stringify!($severity), ".group_wait"),
                meaning: "How long the first of a group waits for others.",
                unset: Is(|settings| quoted(&settings.alertmanager.$severity.group_wait)),
                accepts: Time(|settings, _, wait| {
                    settings.alertmanager.$severity.group_wait = wait;
                    Ok(())
                }),
            },
            Key {
                path: concat!("alertmanager.", stringify!($severity), ".group_interval"),
                meaning: "How long what is new in a group waits.",
                unset: Is(|settings| quoted(&settings.alertmanager.$severity.group_interval)),
                accepts: Time(|settings, _, interval| {
                    settings.alertmanager.$severity.group_interval = interval;
                    Ok(())
                }),
            },
            Key {
                path: concat!("alertmanager.", stringify!($severity), ".repeat_interval"),
                meaning: "After what time a group that still fires is told again.",
                unset: Is(|settings| quoted(&settings.alertmanager.$severity.repeat_interval)),
                accepts: Time(|settings, _, interval| {
                    settings.alertmanager.$severity.repeat_interval = interval;
                    Ok(())
                }),
            },
        ]
    };
}

/// How critical alerts, warnings and notes are told.
pub(super) const SEVERITIES: [&[Key]; 3] = [&notification!(critical), &notification!(warning), &notification!(info)];

/// What holds for all of them.
pub(super) const GENERAL: &[Key] = &[
    Key {
        path: "alertmanager.address",
        meaning: "Where Prometheus reaches Alertmanager.",
        unset: Is(|settings| quoted(&settings.alertmanager.address)),
        accepts: Of(&HOST_AND_PORT, |settings, _, address| {
            settings.alertmanager.address = address;
            Ok(())
        }),
    },
    Key {
        path: "alertmanager.secrets",
        meaning: "The folder of the files with addresses of webhooks and of Slack, which are secrets and stand nowhere else, as \
                  Alertmanager sees it. A receiver reads `<receiver>.slack-url` and `<receiver>.webhook-url` there.",
        unset: Is(|settings| quoted(&settings.alertmanager.secrets)),
        accepts: Of(&FOLDER, |settings, _, folder| {
            settings.alertmanager.secrets = folder;
            Ok(())
        }),
    },
    Key {
        path: "alertmanager.webhook_alerts",
        meaning: "How many alerts a request to a webhook has at most; 0 means all.",
        unset: Is(|settings| settings.alertmanager.webhook_alerts.to_string()),
        accepts: Whole(|settings, _, most| {
            settings.alertmanager.webhook_alerts = most;
            Ok(())
        }),
    },
];

/// Teams, those who are told when nobody acts, and quiet hours.
pub(super) const PEOPLE: &[Key] = &[
    Key {
        path: "alertmanager.teams.<team>.slack_channel",
        meaning: "The channel of Slack in which a team is told of its critical alerts and warnings, beside those who are told of \
                  them all. `$namespace` and `$team` in it stand for what they say.",
        unset: Is(|_| TeamSettings::default().slack_channel.as_deref().map_or_else(|| quoted(NONE), quoted)),
        accepts: OrNone(&CHANNEL, |settings, names, channel| {
            team(settings, names).slack_channel = channel;
            Ok(())
        }),
    },
    Key {
        path: "alertmanager.teams.<team>.webhook",
        meaning: "Whether a webhook of the team is called, whose address is in `team-<team>.webhook-url`.",
        unset: Is(|_| TeamSettings::default().webhook.to_string()),
        accepts: Flag(|settings, names, webhook| {
            team(settings, names).webhook = webhook;
            Ok(())
        }),
    },
    Key {
        path: "alertmanager.escalation.<level>",
        meaning: "How long a critical alert that nobody silences has fired when the receiver `escalation-<level>` is told of it. \
                  Another name is a further level, \"none\" takes one away.",
        unset: Means("`initial = \"5m\"`, `secondary = \"15m\"`, `management = \"30m\"`"),
        accepts: TimeOrNone(|settings, names, after| escalate(settings, names[0], after)),
    },
    Key {
        path: "alertmanager.quiet_hours.enabled",
        meaning: "Whether there are hours in which nothing but what is critical is told.",
        unset: Is(|settings| settings.alertmanager.quiet_hours.is_some().to_string()),
        accepts: Flag(|settings, _, enabled| {
            if !enabled {
                settings.alertmanager.quiet_hours = None;
            }
            Ok(())
        }),
    },
    Key {
        path: "alertmanager.quiet_hours.start",
        meaning: "When they begin.",
        unset: Is(|settings| hours(settings, |hours| &hours.start)),
        accepts: Of(&TIME_OF_DAY, |settings, _, start| {
            quiet(settings)?.start = start;
            Ok(())
        }),
    },
    Key {
        path: "alertmanager.quiet_hours.end",
        meaning: "When they end, which may be on the next day.",
        unset: Is(|settings| hours(settings, |hours| &hours.end)),
        accepts: Of(&TIME_OF_DAY, |settings, _, end| {
            quiet(settings)?.end = end;
            Ok(())
        }),
    },
    Key {
        path: "alertmanager.quiet_hours.time_zone",
        meaning: "Whose clock it is, by its name in the IANA database.",
        unset: Is(|settings| hours(settings, |hours| &hours.time_zone)),
        accepts: Of(&TIME_ZONE, |settings, _, zone| {
            quiet(settings)?.time_zone = zone;
            Ok(())
        }),
    },
];

fn channel(told: &NotificationSettings) -> String {
    quoted(told.slack_channel.as_deref().unwrap_or(NONE))
}

fn team<'a>(settings: &'a mut GeneratorSettings, names: &[&str]) -> &'a mut TeamSettings {
    settings.alertmanager.teams.entry(names[0].to_owned()).or_default()
}

/// Sets when a level is told, or takes it away; those who are told sooner come first.
fn escalate(settings: &mut GeneratorSettings, name: &str, after: Option<String>) -> Result<(), String> {
    let levels = &mut settings.alertmanager.escalation;
    let known = levels.iter().position(|level| level.name == name);
    match (known, after) {
        (Some(at), Some(after)) => levels[at].after = after,
        (Some(at), None) => drop(levels.remove(at)),
        (None, Some(after)) => levels.push(EscalationLevel { name: name.to_owned(), after }),
        (None, None) => {
            let names = listing(levels.iter().map(|level| level.name.as_str()));
            return Err(format!("there is no level `{name}` to take away; there are {names}"));
        }
    }
    levels.sort_by_key(|level| time(&level.after));
    Ok(())
}

fn quiet(settings: &mut GeneratorSettings) -> Result<&mut QuietHours, String> {
    settings.alertmanager.quiet_hours.as_mut().ok_or_else(|| "quiet hours are not enabled".to_owned())
}

fn hours(settings: &GeneratorSettings, part: fn(&QuietHours) -> &str) -> String {
    settings.alertmanager.quiet_hours.as_ref().map_or_else(|| quoted(NONE), |hours| quoted(part(hours)))
}
