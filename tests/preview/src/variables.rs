//! A query's variables, filled in as Grafana does.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::dashboard::Variable;
use crate::window::Window;

/// What stands for all values of a variable that says nothing itself.
const ALL: &str = ".+";

/// What stands in place of which variable.
///
/// ```
/// use std::time::Duration;
/// use telemetry_preview::{Variables, Window};
///
/// let window = Window::new(1_800_000_000, Duration::from_secs(3600), Duration::from_secs(15));
/// let variables = Variables::all(&window);
/// assert_eq!(variables.fill(r#"rate(x{job=~"$job"}[$__rate_interval])"#), r#"rate(x{job=~".+"}[60s])"#);
/// ```
#[derive(Debug, Clone)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Everything in place of each variable but Grafana's own, which are durations.
    #[must_use]
    pub fn all(window: &Window) -> Self {
        let (step, range) = (window.step(), window.length());
        let own = [
            ("__interval", format!("{step}s")),
            ("__interval_ms", format!("{}", step * 1_000)),
            ("__rate_interval", format!("{}s", window.rate_interval())),
            ("__range", format!("{range}s")),
            ("__range_s", format!("{range}")),
            ("__range_ms", format!("{}", range * 1_000)),
            ("__from", format!("{}", window.start() * 1_000)),
            ("__to", format!("{}", window.end() * 1_000)),
        ];
        Self(own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// As a dashboard is opened: with what it says that stands for all, and what is chosen where there is no all.
    pub(crate) fn of(variables: &[Variable], window: &Window) -> Self {
        let mut filled = Self::all(window);
        for variable in variables {
            let value = if is_all(variable) {
                variable.all_value.clone().filter(|value| !value.is_empty()).unwrap_or_else(|| ALL.to_owned())
            } else {
                chosen(variable).unwrap_or_else(|| ALL.to_owned())
            };
            filled.0.insert(variable.name.clone(), value);
        }
        filled
    }

    /// The expression with them filled in: `$name`, `${name}` and `${name:format}`.
    #[must_use]
    pub fn fill(&self, expression: &str) -> String {
        let mut filled = String::new();
        let mut rest = expression;
        while let Some(at) = rest.find('$') {
            let (before, variable) = rest.split_at(at);
            filled.push_str(before);
            let braced = variable.strip_prefix("${");
            let name = braced.unwrap_or(&variable[1..]);
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
            if end == 0 || name.starts_with(|c: char| c.is_ascii_digit()) {
                // An anchor of a regular expression, or a label's `$1`, stays.
                filled.push('$');
                rest = &variable[1..];
                continue;
            }
            filled.push_str(self.0.get(&name[..end]).map_or(ALL, |value| value));
            rest = match (braced, name[end..].find('}')) {
                (Some(_), Some(close)) => &name[end + close + 1..],
                _ => &name[end..],
            };
        }
        filled + rest
    }
}

/// What a variable shows in the head of a dashboard.
pub(crate) fn shown(variable: &Variable) -> Option<(String, String)> {
    if variable.kind == "datasource" {
        return None;
    }
    let label = variable.label.clone().filter(|label| !label.is_empty()).unwrap_or_else(|| variable.name.clone());
    let value = if is_all(variable) { "All".to_owned() } else { chosen(variable)? };
    Some((label, value))
}

fn is_all(variable: &Variable) -> bool {
    let chosen = chosen(variable);
    variable.include_all && chosen.as_deref().is_none_or(|chosen| chosen == "$__all" || chosen == "All")
}

/// What is chosen; of a constant what it is, and of a list its first.
fn chosen(variable: &Variable) -> Option<String> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let current = variable.current.get("value");
    let current = current.and_then(|value| text(value).or_else(|| text(value.as_array()?.first()?)));
    let listed = matches!(&*variable.kind, "constant" | "custom" | "textbox" | "interval");
    let first = || text(&variable.query).filter(|_| listed)?.split(',').next().map(|first| first.trim().to_owned());
    current.or_else(first)
}
