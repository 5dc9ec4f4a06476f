//! From a panel's series to the traces and the log records of the same time and the same labels.

use serde_json::{Value, json};

use crate::settings::{GeneratorSettings, LogStore, Logs, TraceStore, Traces};

/// The labels that spans carry as attributes of the same name.
const ON_SPANS: [&str; 9] =
    ["agent_id", "model", "project_id", "provider", "server_id", "tool", "tool_id", "tool_name", "workflow_id"];

/// The chosen job. Grafana writes it for a URL; of several jobs only the traces and records of one can be asked for, and All
/// is any service.
const JOB: &str = "${job:percentencode}";

/// The links of a panel whose series all carry these labels: to wherever traces and logs are.
pub(super) fn of_series(labels: &[String], settings: &GeneratorSettings) -> Vec<Value> {
    let labels: Vec<&str> = labels.iter().map(String::as_str).filter(|label| ON_SPANS.contains(label)).collect();
    let traces = settings.traces.as_ref().map(|traces| link("Traces", &traces.uid, &spans(traces, &labels)));
    let logs = settings.logs.as_ref().map(|logs| link("Logs", &logs.uid, &records(logs)));
    traces.into_iter().chain(logs).collect()
}

/// Grafana fills in the time range of the dashboard, the job, and the labels of the series that is clicked on.
fn link(title: &str, uid: &str, query: &Value) -> Value {
    let range = json!({ "from": "${__from}", "to": "${__to}" });
    let panes = json!({ "a": { "datasource": uid, "queries": [query], "range": range } });
    json!({
        "title": title,
        "type": "link",
        "icon": "",
        "tooltip": "",
        "url": format!("/explore?schemaVersion=1&panes={}", encoded(&panes.to_string())),
        "tags": [],
        "asDropdown": false,
        "targetBlank": true,
        "includeVars": false,
        "keepTime": false,
    })
}

fn spans(Traces { store, uid, .. }: &Traces, labels: &[&str]) -> Value {
    let value = |label: &str| format!("${{__field.labels.{label}:percentencode}}");
    let datasource = json!({ "type": store.plugin(), "uid": uid });
    match store {
        TraceStore::Tempo => {
            let attributes = labels.iter().map(|label| format!(" && span.{label}=\"{}\"", value(label)));
            let query = format!("{{resource.service.name=~\"{JOB}\"{}}}", attributes.collect::<String>());
            json!({ "refId": "A", "datasource": datasource, "queryType": "traceql", "query": query, "limit": 20 })
        }
        TraceStore::Jaeger => {
            let tags: Vec<String> = labels.iter().map(|label| format!("{label}=\"{}\"", value(label))).collect();
            json!({ "refId": "A", "datasource": datasource, "queryType": "search", "service": JOB, "tags": tags.join(" ") })
        }
    }
}

fn records(Logs { store, uid, .. }: &Logs) -> Value {
    let expression = match store {
        LogStore::Loki => format!("{{service_name=~\"{JOB}\"}}"),
        LogStore::VictoriaLogs => format!("service.name:~\"{JOB}\""),
    };
    json!({ "refId": "A", "datasource": { "type": store.plugin(), "uid": uid }, "expr": expression, "queryType": "range" })
}

/// The text as a part of a URL, Grafana's variables as they are: what they stand for is encoded when it is filled in.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(2 * text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let end = rest[at..].find('}').map_or(rest.len(), |end| at + end + 1);
        escape(&rest[..at], &mut out);
        out.push_str(&rest[at..end]);
        rest = &rest[end..];
    }
    escape(rest, &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}
