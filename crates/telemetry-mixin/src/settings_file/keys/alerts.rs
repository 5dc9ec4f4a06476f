//! The keys of alerts and objectives: of all of them, and of single ones.

use crate::model::Severity;
use crate::settings::{AlertSettings, GeneratorSettings, TEAM, WORD};
use crate::settings_file::accepts::Accepts::{Choice, Number, Of, Share, Time};
use crate::settings_file::accepts::{chosen, words};
use crate::settings_file::key::Key;
use crate::settings_file::key::Unset::{Is, Means};
use crate::settings_file::written::quoted;

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "teams.<team>",
        meaning: "Who acts in place of a declared team. `alerts.<alert>.team` outranks it.",
        unset: Means("the declared one"),
        accepts: Of(&TEAM, |settings, names, own| {
            settings.teams.insert(names[0].to_owned(), own);
            Ok(())
        }),
    },
    Key {
        path: "severities.critical",
        meaning: "The label `severity` of what somebody is paged for, as rules, routes and inhibitions say it.",
        unset: Is(|settings| quoted(&settings.severities.critical)),
        accepts: Of(&WORD, |settings, _, word| {
            settings.severities.critical = word;
            Ok(())
        }),
    },
    Key {
        path: "severities.warning",
        meaning: "The same of what somebody has to look at within the day.",
        unset: Is(|settings| quoted(&settings.severities.warning)),
        accepts: Of(&WORD, |settings, _, word| {
            settings.severities.warning = word;
            Ok(())
        }),
    },
    Key {
        path: "severities.info",
        meaning: "The same of what is worth a note.",
        unset: Is(|settings| quoted(&settings.severities.info)),
        accepts: Of(&WORD, |settings, _, word| {
            settings.severities.info = word;
            Ok(())
        }),
    },
    Key {
        path: "alerts.<alert>.threshold",
        meaning: "What the alert's expression compares with, of an alert that has a threshold.",
        unset: Means("as declared"),
        accepts: Number(|settings, names, threshold| {
            of(settings, names).threshold = Some(threshold);
            Ok(())
        }),
    },
    Key {
        path: "alerts.<alert>.window",
        meaning: "The window of its rates, of an alert that has one.",
        unset: Means("as declared"),
        accepts: Time(|settings, names, window| {
            of(settings, names).window = Some(window);
            Ok(())
        }),
    },
    Key {
        path: "alerts.<alert>.for",
        meaning: "How long its expression has to hold.",
        unset: Means("as declared"),
        accepts: Time(|settings, names, hold| {
            of(settings, names).hold = Some(hold);
            Ok(())
        }),
    },
    Key {
        path: "alerts.<alert>.severity",
        meaning: "How urgent it is, whatever `severities` call that.",
        unset: Means("as declared"),
        accepts: Choice(words::<Severity>, |settings, names, word| {
            of(settings, names).severity = Some(chosen(word)?);
            Some(())
        }),
    },
    Key {
        path: "alerts.<alert>.team",
        meaning: "Who acts.",
        unset: Means("as declared"),
        accepts: Of(&TEAM, |settings, names, team| {
            of(settings, names).team = Some(team);
            Ok(())
        }),
    },
    Key {
        path: "alerts.<alert>.for_values.<label>.<value>",
        meaning: "What the expression compares with for that value of that label, such as one tool, of an alert that has a \
                  threshold and keeps the label. All other values are compared with the alert's `threshold`.",
        unset: Means("the alert's `threshold`"),
        accepts: Number(|settings, names, threshold| {
            let values = of(settings, names).for_values.entry(names[1].to_owned()).or_default();
            values.insert(names[2].to_owned(), threshold);
            Ok(())
        }),
    },
    Key {
        path: "objectives.<objective>",
        meaning: "The share of good events that is promised over 30 days.",
        unset: Means("as declared"),
        accepts: Share(|settings, names, share| {
            settings.objectives.insert(names[0].to_owned(), share);
            Ok(())
        }),
    },
];

fn of<'a>(settings: &'a mut GeneratorSettings, names: &[&str]) -> &'a mut AlertSettings {
    settings.alerts.entry(names[0].to_owned()).or_default()
}
