//! Dashboards for Perses: the same panels, queries and choices as Grafana's, in names that Perses takes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use telemetry_mixin::model::{Dashboard, Mixin, Panel, Unit, Variable};
use telemetry_mixin::query::{Query, buckets, quantile, rate, sum};
use telemetry_mixin::{BundleFormat, DashboardTool, GeneratedFiles, GeneratorSettings, Source, checker, generate};

use crate::fixture::{domain, mixin};

const RUN: &str = "runtime_tool_execute_seconds";

/// One panel of each kind.
fn every_kind() -> Mixin {
    let errors = || rate("runtime_tool_errors_total").by(["tool_id"]);
    let errors_a_second = || Unit::per_second("errors");
    let ended = || Unit::per_second("executions");
    let columns = [
        Query::from(sum("agentpane_queue_depth").by(["project_id"])),
        Query::from(sum("agentpane_queue_depth").by(["project_id"])).legend("Waiting"),
    ];
    let board = Dashboard::new("kinds", "Kinds", "One of each")
        .variable(Variable::new("tool_id", "Tool", "runtime_tool_errors_total"))
        .row("First")
        .panel(Panel::time_series("Lines", "By tool", errors_a_second(), errors()).max(1.0))
        .panel(Panel::stacked_area("Areas", "By tool", errors_a_second(), errors()))
        .panel(Panel::stacked_bars("Bars", "By tool", errors_a_second(), errors()))
        .panel(Panel::time_series("Bars!", "Under the same name", Unit::Seconds, quantile(0.5, RUN)).range("30d"))
        .panel(Panel::stat("Stat", "One number", Unit::Ratio, errors()).threshold(0.0, "green").threshold(0.1, "red"))
        .panel(Panel::gauge("Gauge", "A dial", Unit::Bytes, errors()).max(10.0).threshold(0.0, "green"))
        .row("Second")
        .panel(Panel::heatmap("Heat map", "By tool", errors_a_second(), errors()))
        .panel(Panel::bucket_heatmap("Latency", "Buckets", Unit::Seconds, buckets(RUN)))
        .panel(Panel::histogram("Histogram", "How often", Unit::Seconds, quantile(0.9, RUN).by(["tool_id"])))
        .panel(Panel::bucket_bars("Bucket bars", "Buckets", ended(), buckets(RUN)))
        .panel(Panel::bar("Bar", "By tool", Unit::Usd, errors()))
        .panel(Panel::pie("Pie", "By tool", Unit::Short, errors()))
        .panel(Panel::table("Table", "By tool", Unit::RequestsPerSecond, errors()))
        .panel(Panel::table("Columns", "By project", Unit::Short, columns))
        .panel(
            Panel::event_timeline("Events", "By tool", Unit::Short, errors())
                .threshold(0.0, "green")
                .threshold(1.0, "red"),
        );
    Mixin::new().dashboard(board)
}

fn generated(settings: &GeneratorSettings, mixin: Mixin) -> GeneratedFiles {
    generate(settings, &[domain(mixin)]).unwrap_or_else(|errors| panic!("{errors}"))
}

fn read(files: &GeneratedFiles, path: &str) -> Value {
    serde_json::from_str(files.get(path).unwrap_or_else(|| panic!("there is no {path}"))).expect("it is JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// The panels in the order in which they stand, by the references of the layout.
fn panels(board: &Value) -> Vec<&Value> {
    let items = list(&board["spec"]["layouts"]).iter().flat_map(|grid| list(&grid["spec"]["items"]));
    let reference = |item: &Value| text(&item["content"]["$ref"]).trim_start_matches('#').to_owned();
    items.map(|item| board.pointer(&reference(item)).expect("the panel is there")).collect()
}

/// A panel's title and what it asks.
type Asked<'a> = (&'a str, Vec<&'a str>);

fn asked_by_grafana(board: &Value) -> Vec<Asked<'_>> {
    let shown = list(&board["panels"]).iter().filter(|panel| panel["type"] != "row");
    let queries = |panel| list(panel).iter().map(|query| text(&query["expr"])).collect();
    shown.map(|panel| (text(&panel["title"]), queries(&panel["targets"]))).collect()
}

fn asked_by_perses(board: &Value) -> Vec<Asked<'_>> {
    let queries = |panel| list(panel).iter().map(|query| text(&query["spec"]["plugin"]["spec"]["query"])).collect();
    let shown = panels(board).into_iter();
    shown.map(|panel| (text(&panel["spec"]["display"]["name"]), queries(&panel["spec"]["queries"]))).collect()
}

/// The options of a panel's plugin, by the panel's name.
fn options<'a>(board: &'a Value, name: &str, kind: &str) -> &'a Value {
    let plugin = &board["spec"]["panels"][name]["spec"]["plugin"];
    assert_eq!(plugin["kind"], kind, "{name}");
    &plugin["spec"]
}

#[test]
fn every_panel_asks_what_it_asks_in_grafana() {
    for (slug, mixin) in [("kinds", every_kind()), ("queue", mixin())] {
        let files = generated(&GeneratorSettings::default(), mixin);
        let grafana = read(&files, &format!("deploy/grafana/dashboards/{slug}.json"));
        let perses = read(&files, &format!("deploy/perses/dashboards/{slug}.json"));
        let asked = asked_by_perses(&perses);
        assert_eq!(asked, asked_by_grafana(&grafana));
        assert!(asked.len() > 4 && asked.iter().all(|(_, queries)| !queries.is_empty()), "{asked:?}");
        assert_eq!(
            perses["spec"]["panels"].as_object().map(serde_json::Map::len),
            Some(asked.len()),
            "all are laid out"
        );
    }
}

#[test]
fn every_choice_is_there_that_grafana_offers() {
    let own = GeneratorSettings { common_labels: vec!["cluster".to_owned()], ..GeneratorSettings::default() };
    let files = generated(&own, every_kind());
    let grafana = read(&files, "deploy/grafana/dashboards/kinds.json");
    let perses = read(&files, "deploy/perses/dashboards/kinds.json");
    let offered: Vec<&Value> = list(&grafana["templating"]["list"]).iter().skip(1).collect();
    let variables = list(&perses["spec"]["variables"]);
    let name = |variable: &&Value| text(&variable["name"]).to_owned();
    assert_eq!(
        variables.iter().map(|variable| text(&variable["spec"]["name"]).to_owned()).collect::<Vec<_>>(),
        offered.iter().map(name).collect::<Vec<_>>()
    );
    for (variable, grafana) in variables.iter().zip(offered) {
        let spec = &variable["spec"];
        assert_eq!(spec["customAllValue"], grafana["allValue"]);
        let listed = &spec["plugin"]["spec"];
        let (label, series) = (text(&listed["labelName"]), text(&listed["matchers"][0]));
        if spec["name"] != "instance" {
            assert_eq!(grafana["query"]["query"], format!("label_values({series}, {label})"));
        }
    }
}

#[test]
fn names_are_such_that_perses_takes_them_and_nothing_overlaps() {
    let files = generated(&GeneratorSettings::default(), every_kind());
    let board = read(&files, "deploy/perses/dashboards/kinds.json");
    let is_name = |name: &str| {
        let is_sound = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        !name.is_empty() && name.len() <= 75 && name.chars().all(is_sound)
    };
    let shown = board["spec"]["panels"].as_object().expect("there are panels");
    assert!(shown.keys().all(|name| is_name(name)), "{:?}", shown.keys());
    assert!(shown.contains_key("bars") && shown.contains_key("bars-2"), "two titles have two names");
    let long = |end: &str| {
        let title = format!("{}{end}", "A title that is long ".repeat(6));
        Panel::stat(title, "Under a long title", Unit::Short, sum("agentpane_queue_depth"))
    };
    let untold = Panel::stat("Größe", "Not in ASCII alone", Unit::Short, sum("agentpane_queue_depth"));
    let mixin = Mixin::new()
        .dashboard(Dashboard::new("long", "Long", "Titles").panel(long("one")).panel(long("two")).panel(untold));
    let others = read(&generated(&GeneratorSettings::default(), mixin), "deploy/perses/dashboards/long.json");
    let names = others["spec"]["panels"].as_object().expect("there are panels").keys();
    assert!(names.clone().all(|name| is_name(name)) && names.clone().any(|name| name == "gr-e"), "{names:?}");
    for grid in list(&board["spec"]["layouts"]) {
        let mut taken = BTreeSet::new();
        for item in list(&grid["spec"]["items"]) {
            let number = |key: &str| item[key].as_u64().expect("it is a number");
            let (x, y) = (number("x"), number("y"));
            assert!(x + number("width") <= 24, "{item}");
            let cells = (x..x + number("width")).flat_map(|x| (y..y + number("height")).map(move |y| (x, y)));
            cells.for_each(|cell| assert!(taken.insert(cell), "{item} overlaps"));
        }
    }
}

#[test]
fn each_kind_is_drawn_by_a_plugin_that_can_draw_it() {
    let files = generated(&GeneratorSettings::default(), every_kind());
    let board = read(&files, "deploy/perses/dashboards/kinds.json");
    let lines = options(&board, "lines", "TimeSeriesChart");
    assert_eq!(lines["yAxis"]["label"], "errors/s");
    assert_eq!(lines["legend"], json!({ "position": "bottom", "mode": "table", "values": ["last-number", "max"] }));
    assert_eq!(options(&board, "areas", "TimeSeriesChart")["visual"]["stack"], "all");
    let steps =
        json!({ "mode": "absolute", "defaultColor": "#73bf69", "steps": [{ "value": 0.1, "color": "#f2495c" }] });
    assert_eq!(options(&board, "stat", "StatChart")["thresholds"], steps);
    // Perses' heat maps and histograms are of native histograms alone: of anything else they say that there is no data.
    for name in ["heat-map", "latency"] {
        options(&board, name, "TimeSeriesChart");
    }
    for name in ["histogram", "bucket-bars", "bar"] {
        options(&board, name, "BarChart");
    }
    let named = |panel: &str| &board["spec"]["panels"][panel]["spec"]["queries"][0]["spec"]["plugin"]["spec"];
    assert_eq!(named("latency")["seriesNameFormat"], "≤ {{le}}");
    assert_eq!(named("table").get("seriesNameFormat"), None);
    let columns = &options(&board, "columns", "Table")["columnSettings"];
    assert_eq!((&columns[1]["hide"], &columns[2]["header"]), (&json!(true), &json!("Waiting")));
    let events = &options(&board, "events", "StatusHistoryChart")["mappings"];
    assert_eq!(events[1]["spec"], json!({ "from": 1, "result": { "value": "from 1", "color": "#f2495c" } }));
    let described = text(&board["spec"]["panels"]["bars-2"]["spec"]["display"]["description"]);
    assert!(described.ends_with("It is meant for the last 30d: choose that range"), "{described}");
}

#[test]
fn only_the_dashboards_of_the_chosen_tools_are_written() {
    let of = |dashboards: &[DashboardTool]| {
        let settings = GeneratorSettings { dashboards: dashboards.to_vec(), ..GeneratorSettings::default() };
        let files = generated(&settings, mixin());
        ["deploy/grafana/dashboards/", "deploy/perses/"]
            .map(|folder| files.iter().any(|(path, _)| path.starts_with(folder)))
    };
    assert_eq!(of(&[DashboardTool::Grafana]), [true, false]);
    assert_eq!(of(&[DashboardTool::Perses]), [false, true]);
    assert_eq!(of(&DashboardTool::ALL), [true, true]);
}

#[test]
fn alerts_lead_to_the_dashboards_of_the_first_tool() {
    use DashboardTool::{Grafana, Perses};

    let of = |dashboards: &[DashboardTool]| GeneratorSettings {
        dashboards: dashboards.to_vec(),
        perses_url: "https://perses.example/".to_owned(),
        ..GeneratorSettings::default()
    };
    let resources = || GeneratorSettings { format: BundleFormat::Kubernetes, ..of(&[Perses]) };
    let in_namespace = |namespace: &str| {
        let mut settings = resources();
        settings.kubernetes.namespace = Some(namespace.to_owned());
        settings
    };
    let own = |settings| GeneratorSettings { perses_project: Some("Ops".to_owned()), ..settings };
    for (settings, url) in [
        (of(&[Perses]), "https://perses.example/projects/agentpane/dashboards/queue"),
        (own(of(&[Perses])), "https://perses.example/projects/Ops/dashboards/queue"),
        (of(&[Perses, Grafana]), "https://perses.example/projects/agentpane/dashboards/queue"),
        (of(&[Grafana, Perses]), "http://localhost:3000/d/agentpane-queue"),
        (of(&[Grafana]), "http://localhost:3000/d/agentpane-queue"),
        (resources(), "https://perses.example/projects/agentpane/dashboards/agentpane-dashboard-queue"),
        (in_namespace("monitoring"), "https://perses.example/projects/monitoring/dashboards/agentpane-dashboard-queue"),
    ] {
        let files = generated(&settings, mixin());
        let rules = match settings.format {
            BundleFormat::Files => "deploy/prometheus/rules/demo.yaml",
            BundleFormat::Kubernetes => "deploy/kubernetes/rules/demo.yaml",
        };
        let rules = files.get(rules).expect("the domain has rules");
        let lines: Vec<&str> = rules.lines().filter(|line| line.contains("dashboard_url")).collect();
        assert!(!lines.is_empty() && lines.iter().all(|line| line.contains(&format!("{url}'"))), "{lines:?}");
        let page = files.get("docs/runbooks/QueueBacklog.md").expect("the alert has a runbook");
        assert!(page.contains(&format!("Dashboard: <{url}>")), "{page}");
    }
}

#[test]
fn the_project_is_the_one_that_links_name() {
    let settings = GeneratorSettings { perses_project: Some("Ops".to_owned()), ..GeneratorSettings::default() };
    let files = generated(&settings, mixin());
    let both = read(&files, "deploy/perses/project.json");
    let [project, source] = list(&both) else { panic!("there are two") };
    assert_eq!((text(&project["metadata"]["name"]), text(&source["metadata"]["project"])), ("Ops", "Ops"));
    assert_eq!(text(&read(&files, "deploy/perses/dashboards/queue.json")["metadata"]["project"]), "Ops");
    for wrong in ["the project", "-ops"] {
        let settings = GeneratorSettings { perses_project: Some(wrong.to_owned()), ..GeneratorSettings::default() };
        let told = generate(&settings, &[domain(mixin())]).expect_err("Perses takes none such").to_string();
        let words =
            "a name of at most 75 letters, digits, underscores, dots and dashes, neither the first nor the last a dash";
        assert_eq!(told, format!("error: `{wrong}` is not {words}\n  in setting `perses.project`"));
    }
}

#[test]
fn the_operator_of_perses_gets_the_same_dashboard() {
    let settings = GeneratorSettings { format: BundleFormat::Kubernetes, ..GeneratorSettings::default() };
    let packed = generated(&settings, mixin());
    let board = packed.get("deploy/perses/queue.yaml").expect("there is a dashboard");
    assert!(packed.get("deploy/perses/project.json").is_none(), "a namespace is a project");
    let board: Value = serde_saphyr::from_str(board).expect("it is YAML");
    assert_eq!((&board["apiVersion"], &board["kind"]), (&json!("perses.dev/v1alpha2"), &json!("PersesDashboard")));
    assert_eq!(board["metadata"]["name"], "agentpane-dashboard-queue");
    let files = generated(&GeneratorSettings::default(), mixin());
    assert_eq!(board["spec"]["config"], read(&files, "deploy/perses/dashboards/queue.json")["spec"]);
}

#[test]
fn the_checker_reads_them_and_finds_its_way_in_them() {
    let own = GeneratorSettings::default();
    let kubernetes = GeneratorSettings { format: BundleFormat::Kubernetes, ..own.clone() };
    for (settings, path) in [(&own, "deploy/perses/dashboards/queue.json"), (&kubernetes, "deploy/perses/queue.yaml")] {
        let files = generated(settings, mixin());
        let mut checker = checker(settings, &[domain(mixin())]);
        let sound = files.get(path).expect("there is a dashboard");
        let source = Source::dashboard(sound).expect("it is a dashboard");
        source.teach(&mut checker);
        assert_eq!(source.check(&checker), [], "{path}");
        for (right, wrong, place) in [
            ("(runtime_tool_timeouts_total", "(runtime_tool_timeout_total", "panel \"Errors\" of dashboard \"Queue\""),
            ("agentpane_queue_depth{", "agentpane_queue_dept{", "variable `project_id` of dashboard \"Queue\""),
        ] {
            let broken = sound.replace(right, wrong);
            assert_ne!(broken, sound, "{right}");
            let found = Source::dashboard(&broken).expect("it is still a dashboard").check(&checker);
            assert_eq!(found[0].place, place, "{path}");
            let line = found[0].position.map(|position| position.line()).expect("it has a place");
            assert!(broken.lines().nth(line as usize - 1).is_some_and(|line| line.contains(wrong)), "{path}:{line}");
        }
    }
}

#[test]
fn files_are_written_the_same_each_time_and_as_they_stand_here() {
    let settings = GeneratorSettings::default();
    let files = generated(&settings, every_kind());
    assert_eq!(files, generated(&settings, every_kind()));
    insta::assert_snapshot!("kinds", files.get("deploy/perses/dashboards/kinds.json").expect("there is a dashboard"));
    insta::assert_snapshot!("project", files.get("deploy/perses/project.json").expect("there is a project"));
}
