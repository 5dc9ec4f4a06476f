//! Thresholds of single values of a label: one rule for each, and one for all others.

use serde_json::Value;
use telemetry_mixin::model::{Alert, AlertRule, AlertTest, Mixin};
use telemetry_mixin::query::{Expr, given, promql, rate, share, threshold};
use telemetry_mixin::{GeneratedFiles, GeneratorSettings, SettingsFileErrors, generate};

use crate::fixture::{domain, mixin, rule, runbook};

const RUNS: &str = "runtime_tool_execute_seconds_count";
const ERRORS: &str = "runtime_tool_timeouts_total";

/// A domain with one alert more, about tools.
fn of_tools(when: impl Into<Expr>, value: &str) -> Mixin {
    let given = |outcome: &str| given(RUNS, "a").is("tool_id", "git").is("outcome", outcome);
    let fires =
        AlertTest::new("many fail", "10m").series(given("error"), "0+30x20").series(given("success"), "0+30x20");
    let alert = Alert::new(
        runbook("ToolsFail"),
        AlertRule {
            hold: "2m",
            description: "{{ $value }} of {{ $labels.tool_id }}, more than $threshold",
            ..rule(when)
        },
    );
    mixin().alert(alert.test(fires.fires(&[("tool_id", "git")], value)).test(AlertTest::new("nothing runs", "10m")))
}

fn failing() -> Expr {
    rate(RUNS).is("outcome", "error").by(["tool_id"]).above(threshold(0.1))
}

fn read(text: &str, mixin: Mixin) -> Result<GeneratorSettings, SettingsFileErrors> {
    GeneratorSettings::from_toml(text, &[domain(mixin)])
}

fn files(text: &str, mixin: &Mixin) -> GeneratedFiles {
    let settings = read(text, mixin.clone()).unwrap_or_else(|errors| panic!("{errors}"));
    generate(&settings, &[domain(mixin.clone())]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The rules of that name.
fn rules(files: &GeneratedFiles, path: &str, name: &str) -> Vec<Value> {
    let text = files.get(path).unwrap_or_else(|| panic!("{path} is missing"));
    let file: Value = serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let groups = file["groups"].as_array().expect("there are groups").clone();
    let rules = groups.into_iter().flat_map(|group| group["rules"].as_array().cloned().unwrap_or_default());
    rules.filter(|rule| rule["alert"] == name).collect()
}

/// Their expressions, of all others first.
fn expressions(text: &str, when: impl Into<Expr>) -> Vec<String> {
    let files = files(text, &of_tools(when, "0.5"));
    let rules = rules(&files, "deploy/prometheus/rules/demo.yaml", "ToolsFail");
    rules.iter().map(|rule| rule["expr"].as_str().expect("it has an expression").to_owned()).collect()
}

const SLOW: &str = "[alerts.ToolsFail.for_values.tool_id]\nslow-tool = 0.5\n";

#[test]
fn a_value_has_a_rule_of_its_own_and_the_others_leave_it_out() {
    let files = files(SLOW, &of_tools(failing(), "0.5"));
    let rules = rules(&files, "deploy/prometheus/rules/demo.yaml", "ToolsFail");
    insta::assert_snapshot!(serde_json::to_string_pretty(&rules).expect("they were text"));
}

#[test]
fn both_sides_of_a_ratio_ask_for_the_value() {
    let share = share(rate(ERRORS).by(["tool_id"]), rate(RUNS).by(["tool_id"])).above(threshold(0.5));
    let [others, own] = &expressions(SLOW, share)[..] else { panic!("there are two rules") };
    for (expression, matcher, other) in [(others, "tool_id!=\"slow-tool\"", "="), (own, "tool_id=\"slow-tool\"", "!=")]
    {
        assert_eq!(expression.matches(matcher).count(), expression.matches('{').count(), "{expression}");
        assert!(
            expression.matches('{').count() >= 2 && !expression.contains(&format!("tool_id{other}\"")),
            "{expression}"
        );
    }
}

#[test]
fn what_is_summed_up_over_the_label_stays_whole() {
    let busy = promql(format!("sum by (job) (rate({RUNS}[5m]))")).above(1.0);
    let when = format!("{} and on (job) {busy}", failing());
    let when = promql(when.replace("$threshold", "0.1")).above(threshold(0.2));
    let [others, _] = &expressions(SLOW, when)[..] else { panic!("there are two rules") };
    assert_eq!(others.matches("tool_id!=").count(), 1, "{others}");
    let of_all = promql(format!(
        "sum by (job, tool_id) (rate({RUNS}[5m])) / on (job) group_left () sum by (job) (rate({RUNS}[5m]))"
    ));
    let [others, _] = &expressions(SLOW, of_all.above(threshold(0.5)))[..] else { panic!("there are two rules") };
    assert_eq!(others.matches("tool_id!=").count(), 1, "a tool's share is that of all tools: {others}");
}

#[test]
fn several_values_and_odd_ones_are_told_apart() {
    let text = "[alerts.ToolsFail.for_values.tool_id]\n'a\"b\\c' = 0.5\n\"d.e|f\" = 2\n";
    let expressions = expressions(text, failing());
    assert_eq!(expressions.len(), 3);
    assert!(expressions[0].contains(r#"tool_id!="a\"b\\c", tool_id!="d.e|f""#), "{}", expressions[0]);
    assert!(expressions[1].contains(r#"tool_id="a\"b\\c""#) && expressions[1].ends_with("> 0.5"), "{}", expressions[1]);
    assert!(expressions[2].contains(r#"tool_id="d.e|f""#) && expressions[2].ends_with("> 2"), "{}", expressions[2]);
}

#[test]
fn other_settings_of_the_alert_hold_for_all_of_its_rules() {
    let text = format!(
        "jobs = 'a|b'\n[alerts.ToolsFail]\nthreshold = 0.2\nfor = \"7m\"\nseverity = \"critical\"\nteam = \"on-call\"\n{SLOW}"
    );
    let files = files(&text, &of_tools(failing(), "0.5"));
    let of_rules = rules(&files, "deploy/prometheus/rules/demo.yaml", "ToolsFail");
    assert_eq!(of_rules.len(), 2);
    for rule in &of_rules {
        assert_eq!((&rule["for"], &rule["labels"]["severity"]), (&"7m".into(), &"critical".into()));
        assert_eq!(rule["labels"]["team"], "on-call");
        assert!(rule["expr"].as_str().is_some_and(|expression| expression.contains("job=~\"a|b\"")), "{rule}");
    }
    assert!(of_rules[0]["expr"].as_str().is_some_and(|expression| expression.ends_with("> 0.2")), "{}", of_rules[0]);
    // Three levels tell of each.
    let copies = rules(&files, "deploy/prometheus/escalation/demo.yaml", "ToolsFail");
    assert_eq!(copies.iter().filter(|copy| copy["labels"]["tool_id"] == "slow-tool").count(), 3);
    assert_eq!(copies.len(), 6);
}

#[test]
fn pages_tell_which_values_have_thresholds_of_their_own() {
    let text = "[alerts.ToolsFail.for_values.tool_id]\nslow-tool = 0.5\n'a|b`' = 2\n";
    let mut files = files(text, &of_tools(failing(), "0.5"));
    insta::assert_snapshot!("runbook", files.get("docs/runbooks/ToolsFail.md").expect("the alert has a runbook"));

    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let page = directory.path().join("docs/operations.md");
    std::fs::create_dir(directory.path().join("docs")).expect("a folder can be made");
    std::fs::write(&page, "<!-- generated: alerts of demo -->\n<!-- end of generated -->\n")
        .expect("it can be written");
    files.fill("docs/operations.md");
    files.write_to(directory.path()).expect("it can be written to");
    let table = std::fs::read_to_string(&page).expect("the page is there");
    insta::assert_snapshot!("table", table.lines().find(|line| line.contains("ToolsFail")).expect("it has a row"));
}

/// The tests of the alert by their names, and whether each expects it to fire.
fn proofs(text: &str, value: &str) -> Vec<(String, bool)> {
    let files = files(text, &of_tools(failing(), value));
    let tests = files.get("deploy/prometheus/tests/demo.yaml").expect("there are tests");
    let tests: Value = serde_saphyr::from_str(tests).unwrap_or_else(|error| panic!("{error}"));
    let tests = tests["tests"].as_array().expect("there are tests").clone();
    let name =
        |test: &Value| test["name"].as_str().and_then(|name| name.strip_prefix("ToolsFail: ")).map(str::to_owned);
    let fires = |test: &Value| test["alert_rule_test"][0]["exp_alerts"].as_array().is_some_and(|all| !all.is_empty());
    tests.iter().filter_map(|test| Some((name(test)?, fires(test)))).collect()
}

#[test]
fn proofs_are_told_of_the_value_by_its_own_threshold() {
    let usual = [("many fail".to_owned(), true), ("nothing runs".to_owned(), false)];
    let told = "tool_id slow-tool has a threshold of its own: many fail".to_owned();
    // The proof shows half a failure a second.
    for (threshold, own) in [("0.05", vec![true]), ("0.4", vec![true]), ("0.6", vec![false]), ("0.5", vec![])] {
        let text = SLOW.replace("0.5", threshold);
        let own: Vec<_> = own.into_iter().map(|fires| (told.clone(), fires)).collect();
        assert_eq!(proofs(&text, "0.5"), [&usual[..], &own].concat(), "{threshold}");
    }
    assert_eq!(proofs(SLOW, "50%").len(), 2, "half is neither below nor above");
    assert_eq!(proofs(SLOW, "51%")[2], (told.clone(), true));
    let minutes = SLOW.replace("0.5", "120");
    assert_eq!(proofs(&minutes, "2m 30s")[2], (told.clone(), true), "as durations are shown");
    assert_eq!(proofs(&minutes, "30s")[2], (told, false));
    assert_eq!(proofs(SLOW, "half").len(), 2, "words compare with nothing");
    // Where the declared proof is about the very value, it is no proof of the others.
    let git = SLOW.replace("slow-tool = 0.5", "git = 0.6");
    let names: Vec<String> = proofs(&git, "0.5").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["nothing runs", "tool_id git has a threshold of its own: many fail"]);
}

#[test]
fn what_cannot_be_told_apart_is_refused_with_its_key() {
    let mixin = || of_tools(failing(), "0.5");
    for (text, told) in [
        (
            "[alerts.ToolsFail.for_values.tool]\nslow-tool = 0.5\n",
            "line 1: `alerts.ToolsFail.for_values.tool`: the alert keeps no label `tool`; it keeps `job`, `tool_id`",
        ),
        (
            "[alerts.ToolsFail.for_values]\ntool_id.a = 1\njob.b = 1\n",
            "line 1: `alerts.ToolsFail.for_values`: accepted are the values of one label, and these are of `job`, `tool_id`",
        ),
        (
            "[alerts.ToolsFail.for_values.tool_id]\n\n\"\" = 1\n",
            "line 3: `alerts.ToolsFail.for_values.tool_id.`: a value is a text that is not empty",
        ),
        (
            "[alerts.ToolsFail.for_values.tool_id]\nslow-tool = \"0.5\"\n",
            "line 2: `alerts.ToolsFail.for_values.tool_id.slow-tool` is \"0.5\"; accepted is a number",
        ),
        (
            "[alerts.ToolSuccessBurnRateSlow.for_values.job]\na = 5\n",
            "line 1: `alerts.ToolSuccessBurnRateSlow.for_values`: the alert is made of an objective, which is set by \
             `objectives.ToolSuccess`",
        ),
        (
            "[alerts.QueueBacklog.for_value.project_id]\na = 5\n",
            "line 1: there is no key `alerts.QueueBacklog.for_value`; did you mean `for_values`?",
        ),
    ] {
        let wrong = read(text, mixin()).expect_err(text);
        assert_eq!(wrong.to_string(), told);
    }
    // A program's own settings are told the same.
    let mut settings = GeneratorSettings::default();
    let own = settings.alerts.entry("QueueBacklog".to_owned()).or_default();
    own.for_values.entry("tool_id".to_owned()).or_default().insert("git".to_owned(), 3.0);
    let wrong = generate(&settings, &[domain(mixin())]).expect_err("the alert is about projects");
    assert_eq!(
        wrong.to_string(),
        "error: the alert keeps no label `tool_id`; it keeps `job`, `project_id`\n  \
         in setting `alerts.QueueBacklog.for_values.tool_id`"
    );
}

#[test]
fn values_of_a_closed_label_have_to_be_among_its_values() {
    let when = rate(RUNS).by(["tool_id", "outcome"]).above(threshold(0.1));
    let wrong =
        read("[alerts.ToolsFail.for_values.outcome]\nfailure = 1\n", of_tools(when, "0.5")).expect_err("it is none");
    insta::assert_snapshot!(wrong.to_string());
}
