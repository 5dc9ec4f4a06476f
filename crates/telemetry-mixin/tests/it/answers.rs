//! What a panel answers beyond its query: the greatest of many, where an instance runs, and where to look next.

use serde_json::Value;
use telemetry_mixin::model::{Dashboard, Mixin, Panel, Unit};
use telemetry_mixin::query::{Query, quantiles, rate, share, sum};
use telemetry_mixin::{GeneratorSettings, LogStore, Logs, TraceStore, Traces, generate};

use crate::fixture::domain;

const TOOLS: &str = "runtime_tool_execute_seconds";

/// The one panel of a dashboard, as it is rendered.
fn rendered(panel: Panel, settings: &GeneratorSettings) -> Value {
    let title = panel.title.clone();
    let mixin = Mixin::new().dashboard(Dashboard::new("board", "Board", "One panel").panel(panel));
    let files = generate(settings, &[domain(mixin)]).unwrap_or_else(|errors| panic!("{errors}"));
    let text = files.get("deploy/grafana/dashboards/board.json").expect("there is a dashboard");
    let dashboard: Value = serde_json::from_str(text).expect("a dashboard is JSON");
    let panels = dashboard["panels"].as_array().expect("a dashboard has panels");
    panels.iter().find(|panel| panel["title"] == *title).expect("the panel is there").clone()
}

fn lines(query: impl Into<Query>) -> Panel {
    Panel::time_series("Lines", "Lines over time", Unit::Short, [query.into()])
}

/// The expression without what every selector is narrowed by.
fn expression(panel: &Value) -> String {
    let text = panel["targets"][0]["expr"].as_str().unwrap_or_default();
    text.replace("job=~\"$job\", instance=~\"$instance\", ", "").replace("{job=~\"$job\", instance=~\"$instance\"}", "")
}

fn shown(panel: Panel) -> String {
    expression(&rendered(panel, &GeneratorSettings::default()))
}

#[test]
fn lines_by_free_text_are_the_greatest_and_one_for_all_others() {
    let errors = "sum by (tool_id) (rate(runtime_tool_errors_total[$__rate_interval]))";
    assert_eq!(
        shown(lines(rate("runtime_tool_errors_total").by(["tool_id"]))),
        format!(
            "topk(10, {errors}) or label_replace(sum ({errors} unless topk(10, {errors})), \"tool_id\", \"other\", \"\", \"\")"
        )
    );
    // Labels of a closed set stay apart.
    let both = shown(lines(rate("runtime_tool_errors_total").by(["tool_id", "error_kind"]) * 60.0));
    assert!(both.starts_with("topk(10, sum by (tool_id, error_kind) (rate(") && both.contains("* 60) or "), "{both}");
    assert!(both.contains("label_replace(sum by (error_kind) (sum by (tool_id, error_kind) ("), "{both}");
    let bar = Panel::bar("Lines", "Bars", Unit::Short, rate("runtime_tool_errors_total").by(["tool_id"]));
    assert!(shown(bar).starts_with("topk(10, "));
}

#[test]
fn quantiles_by_free_text_are_those_of_the_busiest_and_of_all_others_together() {
    let buckets = "rate(runtime_tool_execute_seconds_bucket[$__rate_interval])";
    let busiest =
        "topk(10, sum by (tool_id) (rate(runtime_tool_execute_seconds_bucket{le=\"+Inf\"}[$__rate_interval])))";
    assert_eq!(
        shown(Panel::time_series("Lines", "Lines", Unit::Seconds, quantiles([0.95], TOOLS).by(["tool_id"]))),
        format!(
            "histogram_quantile(0.95, sum by (le, tool_id) ({buckets} and on (tool_id) {busiest}) or \
             label_replace(sum by (le) ({buckets} unless on (tool_id) {busiest}), \"tool_id\", \"other\", \"\", \"\"))"
        )
    );
}

#[test]
fn what_cannot_be_added_up_is_shown_as_it_is() {
    let by_kind = rate("runtime_tool_errors_total").by(["error_kind"]);
    let runs = || rate(format!("{TOOLS}_count").as_str()).by(["tool_id"]);
    let tools = || rate("runtime_tool_errors_total").by(["tool_id"]);
    for panel in [
        lines(by_kind),
        lines(share(tools(), runs())),
        lines(rate("runtime_tool_errors_total")),
        Panel::stat("Lines", "One number for each tool", Unit::Short, tools()),
        Panel::table("Lines", "A line for each tool", Unit::Short, tools()),
    ] {
        let text = shown(panel);
        assert!(!text.contains("topk"), "{text}");
    }
}

#[test]
fn exemplars_are_asked_for_where_buckets_are_shown_over_time() {
    let of = |panel: Panel| rendered(panel, &GeneratorSettings::default())["targets"][0]["exemplar"].clone();
    assert_eq!(of(Panel::time_series("Lines", "Lines", Unit::Seconds, quantiles([0.95], TOOLS))), true);
    assert_eq!(of(lines(rate("runtime_tool_errors_total"))), false);
    assert_eq!(of(Panel::table("Lines", "A line for each tool", Unit::Seconds, quantiles([0.95], TOOLS))), false);
}

#[test]
fn an_instance_is_shown_under_the_name_of_its_host() {
    let panel = || lines(sum("agentpane_queue_depth").by(["instance"]));
    let shown = rendered(panel(), &GeneratorSettings::default());
    assert_eq!(shown["targets"][0]["legendFormat"], "{{host_name}}");
    let text = expression(&shown);
    assert!(
        text.starts_with("(sum by (instance) (agentpane_queue_depth)) * on (instance) group_left (host_name)"),
        "{text}"
    );
    let settings = GeneratorSettings { instance_label: "k8s_pod_name".to_owned(), ..GeneratorSettings::default() };
    assert_eq!(rendered(panel(), &settings)["targets"][0]["legendFormat"], "{{k8s_pod_name}}");
}

#[test]
fn legends_are_tables_of_the_last_and_the_greatest_value() {
    let legend =
        &rendered(lines(rate("runtime_tool_errors_total")), &GeneratorSettings::default())["options"]["legend"];
    assert_eq!(legend["displayMode"], "table");
    assert_eq!(legend["calcs"], serde_json::json!(["lastNotNull", "max"]));
}

#[test]
fn a_series_leads_to_the_traces_and_records_of_its_time_and_labels() {
    let links = |settings: &GeneratorSettings| {
        let panel = rendered(lines(rate("runtime_tool_errors_total").by(["tool_id", "error_kind"])), settings);
        panel["fieldConfig"]["defaults"]["links"].as_array().cloned().unwrap_or_default()
    };
    let urls = |links: &[Value]| -> Vec<String> {
        links.iter().filter_map(|link| link["url"].as_str()).map(decoded).collect()
    };
    let own = links(&GeneratorSettings::default());
    let titles: Vec<&str> = own.iter().filter_map(|link| link["title"].as_str()).collect();
    assert_eq!(titles, ["Traces", "Logs"]);
    let [traces, logs] = &urls(&own)[..] else { panic!("{own:?}") };
    let job = "${job:percentencode}";
    let tool = "${__field.labels.tool_id:percentencode}";
    assert!(
        traces.contains(&format!(r#"{{resource.service.name=~\"{job}\" && span.tool_id=\"{tool}\"}}"#)),
        "{traces}"
    );
    assert!(logs.contains(&format!(r#"{{service_name=~\"{job}\"}}"#)), "{logs}");
    for url in [traces, logs] {
        let range = r#""range":{"from":"${__from}","to":"${__to}"}"#;
        assert!(url.starts_with("/explore?") && url.contains(range), "{url}");
    }
    let others = GeneratorSettings {
        traces: Some(Traces::new(TraceStore::Jaeger, "http://jaeger:16686")),
        logs: Some(Logs { uid: "own".to_owned(), ..Logs::new(LogStore::VictoriaLogs, "http://victorialogs:9428") }),
        ..GeneratorSettings::default()
    };
    let [traces, logs] = &urls(&links(&others))[..] else { panic!("two links") };
    assert!(traces.contains(&format!(r#""tags":"tool_id=\"{tool}\"""#)), "{traces}");
    assert!(logs.contains(r#""uid":"own""#) && logs.contains("service.name:~"), "{logs}");
    assert!(links(&GeneratorSettings { traces: None, logs: None, ..others }).is_empty());
}

/// A URL's text, with what is escaped written out.
fn decoded(url: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = url.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, escaped) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("a link is text")
}

#[test]
fn data_sources_are_those_that_links_lead_to() {
    let provisioned = |settings: &GeneratorSettings| {
        let files = generate(settings, &[domain(Mixin::new())]).unwrap_or_else(|errors| panic!("{errors}"));
        files.get("deploy/grafana/provisioning/datasources/prometheus.yaml").expect("there are data sources").to_owned()
    };
    let all = provisioned(&GeneratorSettings::default());
    for expected in ["uid: 'tempo'", "uid: 'loki'", "datasourceUid: 'tempo'", "name: 'trace_id'"] {
        assert!(all.contains(expected), "{expected} is not in\n{all}");
    }
    let alone = provisioned(&GeneratorSettings { traces: None, logs: None, ..GeneratorSettings::default() });
    assert!(alone.contains("uid: 'prometheus'") && !alone.contains("tempo") && !alone.contains("loki"), "{alone}");
}
