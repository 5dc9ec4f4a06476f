//! Thresholds of single values of a label: an alert becomes a rule for each of them, and one for all others.

use super::rule::ResolvedAlert;
use crate::model::{AlertTest, Expected};
use crate::promql::{Expression, Having, compared, part, value_of, with_value};
use crate::settings::{AlertSettings, time};

/// The alert that `make` makes of settings, without the values that have a threshold of their own, which become rules beside
/// it. What cannot be divided stays as it is, which is told with the settings.
pub(super) fn divided(own: &AlertSettings, make: impl Fn(&AlertSettings) -> ResolvedAlert) -> ResolvedAlert {
    let mut others = make(own);
    let Some((label, thresholds)) = own.for_values.first_key_value() else { return others };
    let without = Having::Without(thresholds.keys().map(String::as_str).collect());
    let Some(rest) = part(&others.expression, label, &without) else { return others };
    // Whether the proofs hold for it, but for its threshold.
    let usual = make(&AlertSettings { threshold: None, ..own.clone() });
    let declared = (usual.alert.threshold, &usual.alert.tests);
    let rules = thresholds.iter().filter_map(|(value, threshold)| {
        let mut rule = make(&AlertSettings { threshold: Some(*threshold), ..own.clone() });
        let proofs = match declared.0.zip(compared(&rule.expression)) {
            // The value that a proof expects is compared with the threshold, and with nothing else.
            Some((declared_limit, (operator, limit))) if limit.to_bits() == threshold.to_bits() => {
                let compares = Compares { operator: &operator, limit, declared: declared_limit };
                declared.1.iter().filter_map(|test| proof(&rule, test, (label, value), &compares)).collect()
            }
            _ => Vec::new(),
        };
        let text = part(&rule.expression, label, &Having::Of(value))?;
        rewrite(&mut rule, text);
        rule.alert.tests = proofs;
        rule.as_declared = usual.as_declared;
        rule.of_value = Some((label.clone(), value.clone()));
        Some(rule)
    });
    others.with_own_threshold = rules.collect();
    rewrite(&mut others, rest);
    others
}

fn rewrite(rule: &mut ResolvedAlert, text: String) {
    rule.expression = Expression::new(&text);
    rule.alert.expression = text;
}

/// With what a rule compares its value.
struct Compares<'a> {
    operator: &'a str,
    limit: f64,
    /// With what the proofs say that it does.
    declared: f64,
}

impl Compares<'_> {
    /// Whether the limit is exceeded by less than the declared one.
    fn is_harder(&self) -> bool {
        if self.operator.starts_with('>') { self.limit > self.declared } else { self.limit < self.declared }
    }

    /// Whether a value as a description shows it is beyond the limit, if that can be told of what is rounded.
    fn exceeds(&self, shown: &str) -> Option<bool> {
        let (number, unit) = match shown.strip_suffix('%') {
            Some(number) => (number, 0.01),
            None => (shown, 1.0),
        };
        let (value, rounded) = match number.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                let digits = number.split_once('.').map_or(0, |(_, digits)| digits.len());
                (value * unit, unit * 0.51 * 10_f64.powi(-i32::try_from(digits).ok()?))
            }
            // A time of several units has blanks between them.
            _ => (time(&shown.replace(' ', ""))?.as_secs_f64(), 0.51),
        };
        let above = match self.operator {
            ">" | ">=" => value - self.limit,
            "<" | "<=" => self.limit - value,
            _ => return None,
        };
        (above.abs() > rounded).then_some(above > 0.0)
    }
}

/// A proof that the alert fires, told of the value: by its own threshold that fires or does not. The rule of all others, which
/// would fire, is quiet in both. `None` where the proof is about several alerts, or rounds so much that one cannot say.
fn proof(
    rule: &ResolvedAlert,
    test: &AlertTest,
    (label, value): (&str, &str),
    compares: &Compares<'_>,
) -> Option<AlertTest> {
    let [expected] = &test.expected[..] else { return None };
    // An alert that goes on firing shows the value with which it last exceeded its threshold: that of another is another.
    let is_steady = test.input.iter().all(|(_, values)| !values.contains(' '));
    if !is_steady && rule.alert.keep_firing.is_some() {
        return None;
    }
    let (_, told) = expected.labels.iter().find(|(name, _)| name == label)?;
    let fires = compares.exceeds(&expected.value)?;
    // What adds up over a window exceeds a threshold later that is harder to exceed, and may not have held for long enough.
    let adds_up =
        ["increase(", "delta(", "_over_time("].iter().any(|function| rule.expression.text().contains(function));
    if fires && adds_up && compares.is_harder() {
        return None;
    }
    let input = test.input.iter().map(|(series, values)| {
        let series = Expression::new(series);
        let is_told = value_of(&series, label) == Some(told);
        let text = if is_told { with_value(&series, label, value) } else { series.text().to_owned() };
        (text, values.clone())
    });
    let labels = expected
        .labels
        .iter()
        .map(|(name, own)| (name.clone(), if name == label { value.to_owned() } else { own.clone() }));
    let expected = Expected { labels: labels.collect(), value: expected.value.clone() };
    Some(AlertTest {
        name: format!("{label} {value} has a threshold of its own: {}", test.name),
        input: input.collect(),
        at: test.at.clone(),
        expected: if fires { vec![expected] } else { Vec::new() },
    })
}
