//! Instances under the name of their host: an instance is a UUID, and on Kubernetes the host is the pod.

use serde_json::{Value, json};

use crate::settings::GeneratorSettings;

/// The variable `instance`: the instances of the chosen jobs by what `target_info` says of their hosts. `query` makes a
/// variable of a name, a title and a query.
pub(super) fn variable(before: &str, settings: &GeneratorSettings, query: impl Fn(&str, &str, &str) -> Value) -> Value {
    let host = &settings.instance_label;
    let matchers = before.trim_start_matches(", ");
    let (instance, info) = (settings.instance(), settings.info());
    let listed = format!("query_result(group by ({instance}, {host}) ({info}{{{matchers}}}))");
    let mut variable = query("instance", "Instance", &listed);
    variable["query"]["qryType"] = json!(QUERY_RESULT);
    // Prometheus sorts labels by name. Without the host the instance itself is shown.
    variable["regex"] = json!(if host.as_str() < instance {
        format!("/(?:{host}=\"(?<text>[^\"]+)\".*)?{instance}=\"(?<value>[^\"]+)\"/")
    } else {
        format!("/{instance}=\"(?<value>[^\"]+)\"(?:.*{host}=\"(?<text>[^\"]+)\")?/")
    });
    variable
}

/// Grafana's number for a variable that is the result of a query.
const QUERY_RESULT: u8 = 3;

/// A query with one line for each instance, and its legend, with the host's name in place of the instance. One of which
/// nothing is known keeps its own.
pub(super) fn named(expression: &str, legend: &str, settings: &GeneratorSettings) -> Option<(String, String)> {
    let (instance, info) = (settings.instance(), settings.info());
    let shown = format!("{{{{{instance}}}}}");
    if !legend.contains(&shown) {
        return None;
    }
    let host = &settings.instance_label;
    let known = format!("group by ({instance}, {host}) ({info}{{{host}!=\"\"}})");
    let text = format!(
        "({expression}) * on ({instance}) group_left ({host}) {known} or \
         label_replace(({expression}) unless on ({instance}) {known}, \"{host}\", \"$1\", \"{instance}\", \"(.*)\")"
    );
    Some((text, legend.replace(&shown, &format!("{{{{{host}}}}}"))))
}
