//! Whom an alert is about: its expression keeps the labels that tell services apart, and its texts say them.

use crate::model::{Alert, AlertTest};
use crate::promql::{Expression, Kept, keeping, labelled, value_of};
use crate::settings::GeneratorSettings;

/// The service of a test's series that names none, as [`given`](crate::query::given) names it.
const TESTED_JOB: &str = "api";

/// An expression with the labels that tell services apart in all of its aggregations.
pub(super) fn of_services(expression: &str, settings: &GeneratorSettings) -> Kept {
    keeping(&Expression::new(expression), &settings.aggregation_labels())
}

/// Has an alert tell services apart: its condition, its description and its proofs. False for one that is about none, as the
/// watchdog is.
pub(super) fn tell_apart(alert: &mut Alert, settings: &GeneratorSettings) -> bool {
    let Kept { text, carries } = of_services(&alert.expression, settings);
    alert.expression = text;
    let labels = settings.aggregation_labels();
    if carries && !alert.description.contains("$labels.job") {
        alert.description = format!("{}: {}", said(&labels), alert.description);
    }
    alert.tests.iter_mut().for_each(|test| complete(test, &labels, carries));
    carries
}

/// `api`, or `api (cluster eu)` where further labels tell services apart.
fn said(labels: &[&str]) -> String {
    let template = |label: &str| format!("{{{{ $labels.{label} }}}}");
    let further = labels.iter().filter(|label| **label != "job");
    let further: Vec<String> = further.map(|label| format!("{label} {}", template(label))).collect();
    if further.is_empty() { template("job") } else { format!("{} ({})", template("job"), further.join(", ")) }
}

/// Gives a proof's series the labels that they lack, and has it expect them where the alert keeps them.
fn complete(test: &mut AlertTest, labels: &[&str], carries: bool) {
    let values: Vec<String> = labels
        .iter()
        .map(|label| if *label == "job" { TESTED_JOB.to_owned() } else { format!("some-{label}") })
        .collect();
    let lacked: Vec<(&str, &str)> = labels.iter().copied().zip(values.iter().map(String::as_str)).collect();
    for (series, _) in &mut test.input {
        *series = labelled(&Expression::new(series.as_str()), &lacked);
    }
    if !carries {
        return;
    }
    let input: Vec<Expression> = test.input.iter().map(|(series, _)| Expression::new(series.as_str())).collect();
    for expected in &mut test.expected {
        for label in labels {
            let mut values: Vec<&str> = input.iter().filter_map(|series| value_of(series, label)).collect();
            values.sort_unstable();
            values.dedup();
            // Of two services the proof says which one is meant.
            if let [value] = values[..]
                && expected.labels.iter().all(|(name, _)| name != label)
            {
                expected.labels.push(((*label).to_owned(), value.to_owned()));
            }
        }
    }
}
