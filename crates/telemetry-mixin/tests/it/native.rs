//! Where Prometheus keeps histograms natively: what every expression, rule, panel and proof says then.

use serde_json::Value;
use telemetry_core::Namespace;
use telemetry_mixin::model::{
    Alert, AlertTest, Dashboard, Mixin, Panel, RecordedQuantile, RecordingRule, Unit, Variable,
};
use telemetry_mixin::promql::{Checker, Role};
use telemetry_mixin::query::{above_bound, buckets, given, promql, quantile, quantiles, rate, series, threshold};
use telemetry_mixin::{
    BundleFormat, GenerateErrors, GeneratedFiles, GeneratorSettings, Histograms, Source, check_rules, checker, generate,
};

use crate::catalogue::CATALOGUE;
use crate::fixture::{alert, domain, mixin, rule, runbook};

const TOOLS: &str = "runtime_tool_execute_seconds";
const RULES: &str = "deploy/prometheus/rules/demo.yaml";
const TESTS: &str = "deploy/prometheus/tests/demo.yaml";

fn settings() -> GeneratorSettings {
    GeneratorSettings { histograms: Histograms::Native, ..GeneratorSettings::default() }
}

fn natively(mixin: Mixin) -> Result<GeneratedFiles, GenerateErrors> {
    generate(&settings(), &[domain(mixin)])
}

fn generated(mixin: Mixin) -> GeneratedFiles {
    natively(mixin).unwrap_or_else(|errors| panic!("{errors}"))
}

fn file(files: &GeneratedFiles, path: &str) -> String {
    files.get(path).unwrap_or_else(|| panic!("there is no {path}")).to_owned()
}

/// What a rule of that expression records, or why it cannot.
fn said(expression: &str) -> String {
    let rule = RecordingRule::new("job:demo:said", promql(expression));
    match natively(mixin().rule(rule)) {
        Ok(files) => {
            let rules = file(&files, RULES);
            let (_, rule) = rules.split_once("'job:demo:said'\n").expect("the rule is there");
            let line = rule.lines().next().expect("a rule has an expression");
            line.trim().trim_start_matches("expr: ").trim_matches(['\'', '"']).to_owned()
        }
        Err(errors) => errors.to_string(),
    }
}

#[test]
fn every_reading_of_a_histogram_is_said_natively() {
    let cases = [
        "histogram_quantile(0.95, sum by (le, job, tool_id) (rate(runtime_tool_execute_seconds_bucket[5m])))",
        "histogram_quantile(0.5, sum without (instance) (increase(runtime_tool_execute_seconds_bucket[1h] offset 1d)))",
        "histogram_quantile(0.5, avg(rate(runtime_tool_execute_seconds_bucket[5m])) by (job, le))",
        "histogram_quantile(0.5, sum by (job, le) (rate(runtime_tool_execute_seconds_bucket[5m])) * 60)",
        "sum by (job) (rate(runtime_tool_execute_seconds_count{outcome=\"error\"}[5m]))",
        "sum by (job) (increase(runtime_tool_execute_seconds_sum[1h])) / sum by (job) (increase(runtime_tool_execute_seconds_count[1h]))",
        "sum by (job) (rate(runtime_tool_execute_seconds_bucket{le=~\"10(\\\\.0)?\", outcome!=\"cancelled\"}[5m]))",
        "sum by (job) (rate(runtime_tool_execute_seconds_bucket{le=\"0.25\"}[5m]))",
        "sum by (job) (rate(runtime_tool_execute_seconds_bucket{tool_id=\"t\", le=\"+Inf\"}[5m]))",
        "count by (job) (changes(runtime_tool_execute_seconds_count[5m]) > 0)",
        "absent(runtime_tool_execute_seconds_count{job=\"api\"})",
        "max by (job) (max_over_time(sum by (job) (rate(runtime_tool_execute_seconds_count[5m]))[1h:1m]))",
        "count by (job) (last_over_time(runtime_tool_execute_seconds_count[1h]))",
        "sum by (job) (rate(runtime_tool_timeouts_total[5m]))",
    ];
    let said: Vec<String> = cases.iter().map(|case| format!("{case}\n  {}", said(case))).collect();
    insta::assert_snapshot!("native_expressions", said.join("\n\n"));
}

#[test]
fn what_cannot_be_said_natively_names_its_place() {
    let cases = [
        "max by (job, le) (rate(runtime_tool_execute_seconds_bucket[5m]))",
        "sum by (job) (rate(runtime_tool_execute_seconds_bucket[5m]))",
        "sum by (job) (rate(runtime_tool_execute_seconds_bucket{le=~\"1|5\"}[5m]))",
        "sum by (job) (rate(runtime_tool_execute_seconds_bucket{le!=\"+Inf\"}[5m]))",
        "max by (job) (max_over_time(runtime_tool_execute_seconds_count[5m]))",
        "sum by (job, le) (rate(runtime_tool_execute_seconds_bucket[5m])) > 3",
    ];
    insta::assert_snapshot!("native_refusals", cases.map(said).join("\n\n"));
    let lines = Panel::time_series("Lines", "Lines of buckets", Unit::Short, buckets(TOOLS).legend("up to {{le}}"));
    let board = Dashboard::new("board", "Board", "One panel").panel(lines);
    let errors = natively(mixin().dashboard(board)).expect_err("lines show no histograms").to_string();
    assert!(errors.contains("panel \"Lines\" of dashboard \"Board\""), "{errors}");
    assert!(errors.contains("only a heatmap shows native histograms"), "{errors}");
}

#[test]
fn recorded_buckets_are_recorded_histograms_and_quantiles_keep_their_names() {
    let slow = RecordedQuantile::new(0.95, TOOLS, &["tool_id"], "5m");
    let rules = slow.rules().into_iter().fold(mixin(), Mixin::rule);
    let table = Panel::time_series("Slow", "Slow tools", Unit::Seconds, [slow.of_chosen_instances()]);
    let files = generated(rules.dashboard(Dashboard::new("board", "Board", "One panel").panel(table)));
    let rules = file(&files, RULES);
    assert!(
        rules.contains(
            "record: 'job_instance_tool_id:runtime_tool_execute_seconds:rate5m'\n        \
             expr: 'sum by (job, instance, tool_id) (rate(runtime_tool_execute_seconds[5m]))'"
        ),
        "{rules}"
    );
    assert!(rules.contains("record: 'job_tool_id:runtime_tool_execute_seconds:p95_rate5m'"), "{rules}");
    assert!(!rules.contains("_bucket"), "{rules}");
    let board = file(&files, "deploy/grafana/dashboards/board.json");
    assert!(board.contains("(job_instance_tool_id:runtime_tool_execute_seconds:rate5m{job="), "{board}");
}

fn panel(files: &GeneratedFiles, title: &str) -> Value {
    let dashboard: Value = serde_json::from_str(&file(files, "deploy/grafana/dashboards/board.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("a dashboard has panels");
    panels.iter().find(|panel| panel["title"] == title).expect("the panel is there").clone()
}

#[test]
fn panels_show_histograms_as_they_can() {
    let board = Dashboard::new("board", "Board", "Panels of a histogram")
        .variable(Variable::new("tool_id", "Tool", series("runtime_tool_execute_seconds_count")))
        .panel(Panel::bucket_heatmap("Heat", "As a heatmap", Unit::Seconds, buckets(TOOLS)))
        .panel(Panel::bucket_bars("Bars", "As bars", Unit::Short, buckets("http_exec_sync_latency_seconds")))
        .panel(Panel::time_series("Slow", "Quantiles", Unit::Seconds, quantiles([0.95], TOOLS).by(["tool_id"])));
    let files = generated(mixin().dashboard(board));

    let heat = &panel(&files, "Heat")["targets"][0];
    assert_eq!(
        heat["expr"],
        "sum(rate(runtime_tool_execute_seconds{job=~\"$job\", instance=~\"$instance\", tool_id=~\"$tool_id\"}[$__rate_interval]))"
    );
    assert_eq!((&heat["format"], &heat["exemplar"]), (&Value::from("heatmap"), &Value::from(true)));

    let bars = panel(&files, "Bars");
    let legends: Vec<&str> = bars["targets"]
        .as_array()
        .expect("queries")
        .iter()
        .filter_map(|target| target["legendFormat"].as_str())
        .collect();
    assert_eq!(legends, ["0.1", "1", "300", "+Inf"], "a bar for each bucket");
    assert_eq!(bars["targets"][1]["format"], "time_series");
    let second = bars["targets"][1]["expr"].as_str().expect("an expression");
    assert!(second.starts_with("(histogram_fraction(0.1, 1, sum(rate(http_exec_sync_latency_seconds{"), "{second}");

    let slow = panel(&files, "Slow")["targets"][0].clone();
    let narrowed = "{job=~\"$job\", instance=~\"$instance\", tool_id=~\"$tool_id\"}";
    let histograms = "rate(runtime_tool_execute_seconds[$__rate_interval])";
    let most = format!("topk(10, sum by (tool_id) (histogram_count({histograms})))");
    assert_eq!(
        slow["expr"].as_str().expect("an expression").replace(narrowed, ""),
        format!(
            "histogram_quantile(0.95, sum by (tool_id) ({histograms} and on (tool_id) {most}) or \
             label_replace(sum({histograms} unless on (tool_id) {most}), \"tool_id\", \"other\", \"\", \"\"))"
        )
    );
    assert_eq!(slow["exemplar"], true, "native histograms carry exemplars, too");
    let variables = file(&files, "deploy/grafana/dashboards/board.json");
    assert!(variables.contains("label_values(runtime_tool_execute_seconds{"), "{variables}");
}

#[test]
fn proofs_are_given_native_histograms_with_the_bounds_that_they_name() {
    let ended = |bound| given(TOOLS, "a").is("tool_id", "t").is("outcome", "success").bucket(bound);
    let slow = Alert::new(runbook("SlowTools"), rule(quantile(0.95, TOOLS).by(["tool_id"]).above(threshold(10.0))));
    let description = "{{ $labels.tool_id }} takes {{ $value }} s, more than $threshold s.".to_owned();
    let slow = Alert { description, ..slow }
        .test(
            AlertTest::new("most take twenty seconds", "40m")
                .series(ended("10.0"), "0+10x60")
                .series(ended("30.0"), "0+100x30 3000+200x29")
                .series(ended("+Inf"), "0+100x30 3000+200x29")
                .fires(&[("tool_id", "t")], "29"),
        )
        .test(
            AlertTest::new("nothing ends", "40m")
                .series(
                    given("runtime_tool_execute_seconds_count", "a").is("tool_id", "t").is("outcome", "success"),
                    "7x60 _x3 stale",
                )
                .series(given("agentpane_queue_depth", "a").is("project_id", "p"), "1x60"),
        );
    let tests = file(&generated(mixin().alert(slow)), TESTS);
    let (_, own) = tests.split_once("SlowTools: most").expect("the tests are there");
    insta::assert_snapshot!("native_tests", own);
}

#[test]
fn objectives_of_latency_are_counted_natively() {
    let slo = telemetry_mixin::model::Slo {
        bad: above_bound(10.0, TOOLS).by(["job"]).into(),
        total: rate("runtime_tool_execute_seconds_count").by(["job"]).into(),
        tested: telemetry_mixin::model::Tested::all_and_good(
            given("runtime_tool_execute_seconds_count", "a").is("tool_id", "t").is("outcome", "success"),
            given(TOOLS, "a").is("tool_id", "t").is("outcome", "success").bucket("10.0"),
        ),
        ..crate::fixture::slo()
    };
    let files = generated(Mixin { slos: vec![slo], ..mixin() });
    let rules = file(&files, "deploy/prometheus/rules/demo-objectives.yaml");
    assert!(!rules.contains("_bucket") && !rules.contains("seconds_count"), "{rules}");
    assert!(rules.contains("histogram_fraction(-Inf, 10, rate(runtime_tool_execute_seconds[5m]))"), "{rules}");
    let tests = file(&files, "deploy/prometheus/tests/demo-objectives.yaml");
    assert!(!tests.contains("_bucket") && tests.contains("custom_values:[10]"), "{tests}");
}

#[test]
fn prometheus_is_told_to_keep_histograms_natively() {
    let native = generated(mixin());
    let config = file(&native, "deploy/prometheus/prometheus.yaml");
    assert!(config.contains("\n  convert_histograms_to_nhcb: true\n"), "what is pushed:\n{config}");
    assert!(config.contains("\n    convert_classic_histograms_to_nhcb: true\n"), "what is scraped:\n{config}");
    let classic = generate(&GeneratorSettings::default(), &[domain(mixin())]).expect("it is sound");
    assert!(!file(&classic, "deploy/prometheus/prometheus.yaml").contains("nhcb"));
    let packed = GeneratorSettings { format: BundleFormat::Kubernetes, ..settings() };
    let packed = generate(&packed, &[domain(mixin())]).expect("it is sound");
    let monitor = file(&packed, "deploy/kubernetes/service-monitor.yaml");
    assert!(monitor.contains("convertClassicHistogramsToNHCB: true"), "{monitor}");
    // What reads no histogram is the same in both.
    assert_eq!(file(&native, RULES), file(&classic, RULES));
    assert_eq!(file(&native, TESTS), file(&classic, TESTS));
}

#[test]
fn others_may_read_histograms_in_both_forms() {
    let rules = "groups:\n  - name: own\n    rules:\n      - record: job:tools:p95\n        expr: histogram_quantile(0.95, sum by (job, tool_id) (rate(runtime_tool_execute_seconds[5m])))\n      - record: job:tools:rate\n        expr: sum by (job) (histogram_count(rate(runtime_tool_execute_seconds[5m])))\n      - record: job:tools:p50\n        expr: histogram_quantile(0.5, sum by (job, le) (rate(runtime_tool_execute_seconds_bucket[5m])))\n";
    let domains = [domain(mixin())];
    assert_eq!(check_rules(&mut checker(&settings(), &domains), rules).expect("it is YAML"), []);
    // Who has not said so is warned, and that is all.
    let found = check_rules(&mut checker(&GeneratorSettings::default(), &domains), rules).expect("it is YAML");
    assert_eq!(found.len(), 2, "{found:?}");
    for finding in &found {
        assert_eq!(finding.problem.lint.name(), "native-histogram");
        assert_eq!(finding.problem.lint.weight(), telemetry_mixin::promql::Weight::Warning);
    }
    // What the generator writes, its checker takes.
    let slow = RecordedQuantile::new(0.95, TOOLS, &["tool_id"], "5m");
    let own = [domain(slow.rules().into_iter().fold(mixin().alert(alert_of_slow()), Mixin::rule))];
    let files = generate(&settings(), &own).unwrap_or_else(|errors| panic!("{errors}"));
    let mut checker = checker(&settings(), &own);
    let is_dashboard = |path: &str| path.contains("/dashboards/") && path.ends_with(".json");
    for (path, text) in files.iter().filter(|(path, _)| path.contains("/rules/") || is_dashboard(path)) {
        let source = if path.ends_with(".json") { Source::dashboard(text) } else { Source::rules(text) };
        let source = source.expect("it was just written");
        source.teach(&mut checker);
        assert_eq!(source.check(&checker), [], "{path}");
    }
}

fn alert_of_slow() -> Alert {
    let mut slow = alert();
    slow.runbook = runbook("SlowTools");
    slow.expression = "histogram_quantile(0.95, sum by (le, tool_id) (rate(runtime_tool_execute_seconds_bucket[$window]))) > $threshold".to_owned();
    slow.description = "{{ $labels.tool_id }} takes {{ $value }} s.".to_owned();
    slow.tests.iter_mut().for_each(|test| {
        test.expected.iter_mut().for_each(|expected| expected.labels = vec![("tool_id".to_owned(), "t".to_owned())]);
    });
    slow
}

#[test]
fn the_checker_tells_histograms_from_numbers() {
    let mut checker = Checker::new(&[CATALOGUE], &Namespace::DEFAULT);
    checker.accept_native_histograms();
    let cases = [
        "sum by (job) (rate(runtime_tool_execute_seconds[5m])) > 3",
        "histogram_quantile(0.95, runtime_tool_execute_seconds) > 3",
        "histogram_count(sum by (le) (rate(runtime_tool_execute_seconds_bucket[5m]))) > 3",
        "histogram_count(rate(runtime_tool_execute_seconds{tol_id=\"t\"}[5m])) > 3",
        "histogram_quantile(0.95, sum by (job) (rate(runtime_tool_execute_seconds[5m]))) > 30",
        "histogram_count(runtime_tool_execute_seconds) > 30",
    ];
    let told = cases.map(|case| {
        let problems = checker.check(case, Role::Alert).expect_err(case);
        problems.iter().map(|problem| problem.in_expression(case).to_string()).collect::<Vec<_>>().join("\n")
    });
    insta::assert_snapshot!("native_problems", told.join("\n\n"));
    for sound in [
        "histogram_avg(sum by (job) (rate(runtime_tool_execute_seconds[5m]))) > 3",
        "histogram_fraction(0, 1, sum by (job) (rate(runtime_tool_execute_seconds[5m]))) < 0.9",
        "1 - histogram_fraction(0, 1, sum(increase(runtime_tool_execute_seconds[1h]))) > 0.1",
        "histogram_sum(rate(runtime_tool_execute_seconds[5m])) / histogram_count(rate(runtime_tool_execute_seconds[5m])) > 2",
    ] {
        assert!(checker.check(sound, Role::Alert).is_ok(), "{sound}");
    }
}
