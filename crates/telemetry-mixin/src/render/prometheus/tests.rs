//! The proofs of a domain's alerts as promtool's unit tests.

use serde::Serialize;

use super::file::{Group, Labels, yaml};
use super::native::natively;
use super::rules::{alerting, of_objectives, own};
use crate::files::NOTICE;
use crate::model::{AlertTest, Expected, Slo};
use crate::promql::{Finding, NativeHistograms};
use crate::resolved::{ALL_INSTANCES, Resolved, ResolvedAlert, budget_left};
use crate::settings::GeneratorSettings;

#[derive(Serialize)]
struct TestFile {
    rule_files: Vec<String>,
    evaluation_interval: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    group_eval_order: Vec<String>,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    interval: &'static str,
    input_series: Vec<Series>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alert_rule_test: Vec<Look>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    promql_expr_test: Vec<Asked>,
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
struct Asked {
    expr: String,
    eval_time: &'static str,
    exp_samples: Vec<Sample>,
}

#[derive(Serialize)]
struct Sample {
    labels: String,
    value: f64,
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
/// hold, it is left out. Where histograms are native, its series are, too.
pub(crate) fn test_file(
    domain: &Resolved,
    settings: &GeneratorSettings,
    native: Option<&NativeHistograms>,
) -> Result<Option<String>, Finding> {
    let tests = of_alerts(domain.alerts.iter().filter(|alert| !alert.of_objective()), settings).collect();
    // The order of two does not matter to what holds for minutes.
    let order = own(domain, settings);
    let order = if order.len() > 2 { names(order) } else { Vec::new() };
    written(domain.name.clone(), STEP, order, tests, native)
}

/// The same of a domain's objectives, and of what is left of their budgets: apart from the others, so that each evaluates its
/// own rules alone.
pub(crate) fn objectives_test_file(
    domain: &Resolved,
    settings: &GeneratorSettings,
    native: Option<&NativeHistograms>,
) -> Result<Option<String>, Finding> {
    let alerts = domain.alerts.iter().filter(|alert| alert.of_objective());
    let tests =
        of_alerts(alerts, settings).chain(domain.objectives.iter().flat_map(|slo| budget(slo, settings))).collect();
    let order = names(of_objectives(domain, settings));
    written(format!("{}-objectives", domain.name), OBJECTIVES_STEP, order, tests, native)
}

fn names(groups: Vec<Group>) -> Vec<String> {
    groups.into_iter().map(|group| group.name).collect()
}

/// Objectives look at hours, and the shortest window at five minutes.
const OBJECTIVES_STEP: &str = "2m";

fn of_alerts<'a>(
    alerts: impl Iterator<Item = &'a ResolvedAlert>,
    settings: &GeneratorSettings,
) -> impl Iterator<Item = Test> {
    alerts
        .flat_map(ResolvedAlert::rules)
        .flat_map(|resolved| resolved.proofs().map(|case| test(resolved, case, settings)))
}

fn written(
    rules: String,
    evaluation_interval: &'static str,
    group_eval_order: Vec<String>,
    mut tests: Vec<Test>,
    native: Option<&NativeHistograms>,
) -> Result<Option<String>, Finding> {
    for test in &mut tests {
        let Some(histograms) = native else { break };
        let input = std::mem::take(&mut test.input_series).into_iter().map(|given| (given.series, given.values));
        let said = natively(input.collect(), histograms)
            .map_err(|problem| Finding::of(format!("test \"{}\"", test.name), "", problem))?;
        test.input_series = said.into_iter().map(|(series, values)| Series { series, values }).collect();
    }
    let rule_files = vec![format!("../rules/{rules}.yaml")];
    let file = TestFile { rule_files, evaluation_interval, group_eval_order, tests };
    Ok((!file.tests.is_empty()).then(|| yaml(NOTICE, &file)))
}

/// What is left of a budget: half, where half of the bad events that may be there are; all of it is that of a month without
/// events, which has none.
fn budget(slo: &Slo, settings: &GeneratorSettings) -> [Test; 2] {
    let events = 60_000.0;
    let bad = (events * (1.0 - slo.objective) / 2.0).round();
    let labels = slo.tested_labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let labels: Vec<String> = labels
        .chain([(settings.instance(), ALL_INSTANCES)])
        .map(|(name, value)| format!("{name}=\"{value}\""))
        .collect();
    let half = Sample { labels: format!("{{{}}}", labels.join(", ")), value: 0.5 };
    let case = |name: &str, rising: &str, events: [(&str, f64); 2], exp_samples: Vec<Sample>| Test {
        name: format!("{}: {name}", slo.name()),
        interval: STEP,
        input_series: events
            .map(|(series, events)| Series { series: series.to_owned(), values: format!("{rising}{events}x30") })
            .into(),
        alert_rule_test: Vec::new(),
        promql_expr_test: vec![Asked {
            expr: format!("round({}, 0.01)", budget_left(slo)),
            eval_time: "30m",
            exp_samples,
        }],
    };
    [
        case("half of the error budget is left", "0+", slo.tested.counting(bad, events - bad), vec![half]),
        case("without events there is no budget", "", slo.tested.counting(bad, events), Vec::new()),
    ]
}

fn test(resolved: &ResolvedAlert, case: &AlertTest, settings: &GeneratorSettings) -> Test {
    let series = |(series, values): &(String, String)| Series { series: series.clone(), values: values.clone() };
    Test {
        name: format!("{}: {}", resolved.alert.name(), case.name),
        interval: STEP,
        input_series: case.input.iter().map(series).collect(),
        alert_rule_test: vec![Look {
            eval_time: case.at.clone(),
            alertname: resolved.alert.name().to_owned(),
            exp_alerts: case.expected.iter().map(|expected| firing(resolved, expected, settings)).collect(),
        }],
        promql_expr_test: Vec::new(),
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
