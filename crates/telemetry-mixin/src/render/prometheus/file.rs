//! A rule file as data, and YAML as Prometheus reads it.

use serde::{Deserialize, Serialize};

/// A rule file, as it is written and as a user's own is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RuleFile {
    pub(crate) groups: Vec<Group>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) interval: Option<String>,
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rule {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) record: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alert: Option<String>,
    pub(crate) expr: String,
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub(crate) hold: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) keep_firing_for: Option<String>,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub(crate) labels: Labels,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub(crate) annotations: Labels,
}

pub(crate) type Labels = std::collections::BTreeMap<String, String>;

/// A YAML file with a comment at its head; every text is quoted, so that none is taken for a number or a date.
pub(crate) fn yaml(notice: &str, value: &impl Serialize) -> String {
    let mut text = format!("# {notice}\n");
    let options = serde_saphyr::ser_options! { quote_all: true, compact_list_indent: false };
    serde_saphyr::to_fmt_writer_with_options(&mut text, value, options)
        .expect("plain structs of texts and numbers always serialise");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
