//! The proofs of a domain's alerts as promtool's unit tests.

use serde::Serialize;

use super::file::{Labels, yaml};
use super::rules::alerting;
use crate::files::NOTICE;
use crate::model::{AlertTest, Expected};
use crate::resolved::{Resolved, ResolvedAlert};
use crate::settings::GeneratorSettings;

#[derive(Serialize)]
struct TestFile {
    rule_files: Vec<String>,
    evaluation_interval: &'static str,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    interval: &'static str,
    input_series: Vec<Series>,
    alert_rule_test: [Look; 1],
}

#[derive(Serialize)]
struct Series {
    series: String,
    values: String,
}

#[derive(Serialize)]
struct Look {
    eval_time: String,
    alertname: String,
    exp_alerts: Vec<Firing>,
}

#[derive(Serialize)]
struct Firing {
    exp_labels: Labels,
    exp_annotations: Labels,
}

/// One value a minute, as [`AlertTest::input`] says.
const STEP: &str = "1m";

/// promtool's unit tests of a domain's alerts; `None` where there are none.
///
/// A proof holds for the alert as it is declared: where the operator has set another threshold, window or time to
/// hold, it is left out.
pub(crate) fn test_file(domain: &Resolved, settings: &GeneratorSettings) -> Option<String> {
    let declared = domain.alerts.iter().filter(|resolved| resolved.as_declared);
    let tests: Vec<Test> =
        declared.flat_map(|resolved| resolved.alert.tests.iter().map(|case| test(resolved, case, settings))).collect();
    let file =
        TestFile { rule_files: vec![format!("../rules/{}.yaml", domain.name)], evaluation_interval: STEP, tests };
    (!file.tests.is_empty()).then(|| yaml(NOTICE, &file))
}

fn test(resolved: &ResolvedAlert, case: &AlertTest, settings: &GeneratorSettings) -> Test {
    let series = |(series, values): &(String, String)| Series { series: series.clone(), values: values.clone() };
    Test {
        name: format!("{}: {}", resolved.alert.name(), case.name),
        interval: STEP,
        input_series: case.input.iter().map(series).collect(),
        alert_rule_test: [Look {
            eval_time: case.at.clone(),
            alertname: resolved.alert.name().to_owned(),
            exp_alerts: case.expected.iter().map(|expected| firing(resolved, expected, settings)).collect(),
        }],
    }
}

fn firing(resolved: &ResolvedAlert, expected: &Expected, settings: &GeneratorSettings) -> Firing {
    let rule = alerting(resolved, settings);
    let filled = |texts: Labels| texts.into_iter().map(|(name, text)| (name, expanded(&text, expected))).collect();
    let mut labels: Labels = filled(rule.labels);
    labels.extend(expected.labels.iter().cloned());
    Firing { exp_labels: labels, exp_annotations: filled(rule.annotations) }
}

/// The text as Prometheus fills it in: labels from the alert, the value as the proof shows it.
fn expanded(text: &str, expected: &Expected) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, template)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((template, after)) = template.split_once("}}") else {
            out.push_str("{{");
            rest = template;
            continue;
        };
        let label = template.trim().strip_prefix("$labels.");
        let value = label.and_then(|label| expected.labels.iter().find(|(name, _)| name == label.trim()));
        match (value, label) {
            (Some((_, value)), _) => out.push_str(value),
            (None, Some(_)) => {}
            (None, None) => out.push_str(&expected.value),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
