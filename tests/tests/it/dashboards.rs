//! The 17 rules of Grafana's dashboard-linter, strictly and without exclusions, on every dashboard that is generated.

use promql_parser::label::MatchOp;
use promql_parser::parser::{self, Expr, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};
use serde_json::{Value, json};
use telemetry_core::{Kind, Namespace};
use telemetry_mixin::{GeneratorSettings, generate};

use crate::contract::catalogues::domains;

/// A rule, as the linter calls it: what of a dashboard breaks it, and a change by which a sound one does.
struct Rule {
    name: &'static str,
    broken: fn(&Value) -> Vec<String>,
    spoil: fn(&mut Value),
}

const RULES: [Rule; 17] = [
    Rule {
        name: "template-datasource-rule",
        broken: |board| told(!is_datasource(&board["templating"]["list"][0]), "its data source is no variable"),
        spoil: |board| board["templating"]["list"][0]["name"] = json!("prometheus"),
    },
    Rule {
        name: "template-job-rule",
        broken: |board| chosen(board, "job", "Job"),
        spoil: |board| variable(board, "job")["multi"] = json!(false),
    },
    Rule {
        name: "template-instance-rule",
        broken: |board| chosen(board, "instance", "Instance"),
        spoil: |board| variable(board, "instance")["allValue"] = json!(".*"),
    },
    Rule {
        name: "template-label-promql-rule",
        broken: |board| queries(board).filter_map(|variable| listing(variable).err()).collect(),
        spoil: |board| variable(board, "job")["query"]["query"] = json!("label_values(up{, job)"),
    },
    Rule {
        name: "template-on-time-change-reload-rule",
        broken: |board| {
            let stale = |variable: &&Value| variable["refresh"] != 2;
            queries(board).filter(stale).map(|variable| format!("{} is not listed anew", variable["name"])).collect()
        },
        spoil: |board| variable(board, "job")["refresh"] = json!(1),
    },
    Rule {
        name: "panel-datasource-rule",
        broken: |board| {
            of_panels(board, |panel| {
                let targets = list(&panel["targets"]).iter();
                let all = targets.chain([panel]).all(|part| part["datasource"]["uid"] == "${datasource}");
                told(!all, "it does not ask the chosen data source")
            })
        },
        spoil: |board| panel(board)["targets"][0]["datasource"]["uid"] = json!("prometheus"),
    },
    Rule {
        name: "panel-title-description-rule",
        broken: |board| {
            let is_told = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty());
            of_panels(board, |panel| {
                told(!is_told(&panel["title"]) || !is_told(&panel["description"]), "it says too little")
            })
        },
        spoil: |board| panel(board)["description"] = json!(""),
    },
    Rule {
        name: "panel-units-rule",
        broken: |board| {
            of_panels(board, |panel| {
                let unit = panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap_or_default();
                told(!UNITS.contains(&unit) && !unit.starts_with("suffix: "), "it has no unit")
            })
        },
        spoil: |board| panel(board)["fieldConfig"]["defaults"]["unit"] = json!("seconds"),
    },
    Rule {
        name: "panel-no-targets-rule",
        broken: |board| of_panels(board, |panel| told(list(&panel["targets"]).is_empty(), "it asks for nothing")),
        spoil: |board| panel(board)["targets"] = json!([]),
    },
    Rule {
        name: "target-logql-rule",
        broken: |board| of_panels(board, |panel| told(asks_logs(panel).next().is_some(), "it asks for logs")),
        spoil: |board| panel(board)["targets"][0]["datasource"]["type"] = json!("loki"),
    },
    Rule {
        name: "target-logql-auto-rule",
        broken: |board| {
            of_panels(board, |panel| {
                let fixed = asks_logs(panel).any(|expr| expr.contains('[') && !expr.contains("[$__auto]"));
                told(fixed, "it counts lines of a fixed time")
            })
        },
        spoil: |board| {
            let target = &mut panel(board)["targets"][0];
            target["datasource"]["type"] = json!("loki");
            target["expr"] = json!("sum(count_over_time({job=~\"$job\"}[5m]))");
        },
    },
    Rule {
        name: "target-promql-rule",
        broken: |board| of_exprs(board, |expr| expr.err()),
        spoil: |board| panel(board)["targets"][0]["expr"] = json!("sum by (job (up))"),
    },
    Rule {
        name: "target-rate-interval-rule",
        broken: |board| of_parsed(board, |expr| Walked::of(expr).fixed),
        spoil: |board| panel(board)["targets"][0]["expr"] = json!("sum(rate(up[5m]))"),
    },
    Rule {
        name: "target-job-rule",
        broken: |board| of_parsed(board, |expr| Walked::of(expr).without("job")),
        spoil: |board| panel(board)["targets"][0]["expr"] = json!("up{instance=~\"$instance\"}"),
    },
    Rule {
        name: "target-instance-rule",
        broken: |board| of_parsed(board, |expr| Walked::of(expr).without("instance")),
        spoil: |board| panel(board)["targets"][0]["expr"] = json!("up{job=~\"$job\", instance=\"$instance\"}"),
    },
    Rule {
        name: "target-counter-agg-rule",
        broken: |board| of_parsed(board, |expr| Walked::of(expr).raw),
        spoil: |board| panel(board)["targets"][0]["expr"] = json!("sum(runtime_tool_errors_total)"),
    },
    Rule {
        name: "uneditable-dashboard",
        broken: |board| told(board["editable"] != false, "it can be edited"),
        spoil: |board| board["editable"] = json!(true),
    },
];

/// Those of Grafana's units that dashboards here are in, besides words after a number.
const UNITS: [&str; 8] = ["binBps", "bytes", "currencyUSD", "none", "percentunit", "reqps", "s", "short"];

/// A time that nobody writes stands for the one that Grafana fills in.
const RATE_INTERVAL: u64 = 1_111_111;

fn told(broken: bool, what: &str) -> Vec<String> {
    broken.then(|| what.to_owned()).into_iter().collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn is_datasource(variable: &Value) -> bool {
    let wanted = [("type", "datasource"), ("name", "datasource"), ("label", "Data source"), ("query", "prometheus")];
    wanted.iter().all(|(key, value)| variable[key] == *value)
}

/// The variables that a query fills.
fn queries(board: &Value) -> impl Iterator<Item = &Value> {
    list(&board["templating"]["list"]).iter().filter(|variable| variable["type"] == "query")
}

fn chosen(board: &Value, name: &str, label: &str) -> Vec<String> {
    let is_right = |variable: &&Value| {
        variable["name"] == name
            && variable["label"] == label
            && variable["datasource"]["uid"] == "${datasource}"
            && variable["multi"] == true
            && variable["includeAll"] == true
            && variable["allValue"] == ".+"
    };
    told(queries(board).find(is_right).is_none(), "it cannot be chosen")
}

fn listing(variable: &Value) -> Result<(), String> {
    let query = variable["query"]["query"].as_str().unwrap_or_default();
    let called = |function: &str| query.strip_prefix(function)?.strip_suffix(')');
    let expression = match (called("label_values("), called("query_result(")) {
        (Some(listed), _) => listed.rsplit_once(',').map(|(series, _)| series),
        (None, result) => result,
    };
    parsed(expression.ok_or_else(|| format!("{query} lists nothing"))?).map(drop)
}

/// What is told of the panels, each by its title.
fn of_panels(board: &Value, broken: impl Fn(&Value) -> Vec<String>) -> Vec<String> {
    let mut panels: Vec<&Value> = list(&board["panels"]).iter().collect();
    let mut found = Vec::new();
    while let Some(panel) = panels.pop() {
        panels.extend(list(&panel["panels"]));
        if panel["type"] != "row" {
            found.extend(broken(panel).into_iter().map(|what| format!("{}: {what}", panel["title"])));
        }
    }
    found
}

/// What is told of the expressions, each parsed or with what the parser says.
fn of_exprs<T: IntoIterator<Item = String>>(board: &Value, broken: impl Fn(Result<Expr, String>) -> T) -> Vec<String> {
    of_panels(board, |panel| {
        let exprs = list(&panel["targets"]).iter().map(|target| target["expr"].as_str().unwrap_or_default());
        exprs.flat_map(|expr| broken(parsed(expr))).collect()
    })
}

/// What is told of those that can be parsed.
fn of_parsed(board: &Value, broken: impl Fn(&Expr) -> Vec<String>) -> Vec<String> {
    of_exprs(board, |expr| expr.map(|expr| broken(&expr)).unwrap_or_default())
}

fn parsed(expr: &str) -> Result<Expr, String> {
    let filled = expr.replace("$__rate_interval", &format!("{RATE_INTERVAL}s")).replace("$__range", "1h");
    parser::parse(&filled).map_err(|error| format!("{expr}: {error}"))
}

/// The queries of a panel that are for logs.
fn asks_logs(panel: &Value) -> impl Iterator<Item = &str> {
    let of_logs = |target: &&Value| target["datasource"]["type"] == "loki";
    list(&panel["targets"]).iter().filter(of_logs).filter_map(|target| target["expr"].as_str())
}

/// What an expression selects, and in what.
#[derive(Default)]
struct Walked {
    selectors: Vec<VectorSelector>,
    /// Counters of which the value itself is read.
    raw: Vec<String>,
    /// Rates over another time than Grafana's.
    fixed: Vec<String>,
    /// The innermost function around.
    calls: Vec<&'static str>,
}

impl Walked {
    fn of(expr: &Expr) -> Self {
        let mut walked = Self::default();
        walk_expr(&mut walked, expr).expect("nothing ends the walk");
        walked
    }

    /// The selectors that are not narrowed to what is chosen of that label.
    fn without(&self, label: &str) -> Vec<String> {
        let is_narrowed = |selector: &&VectorSelector| {
            let mut matchers = selector.matchers.matchers.iter();
            matchers.any(|m| m.name == label && matches!(m.op, MatchOp::Re(_)) && m.value == format!("${label}"))
        };
        self.selectors.iter().filter(|selector| !is_narrowed(selector)).map(ToString::to_string).collect()
    }
}

impl ExprVisitor for Walked {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        match expr {
            Expr::Call(call) => self.calls.push(call.func.name),
            Expr::VectorSelector(selector) => {
                if is_counter(selector) {
                    self.raw.push(selector.to_string());
                }
                self.selectors.push(selector.clone());
            }
            Expr::MatrixSelector(range) => {
                let function = self.calls.last().copied().unwrap_or_default();
                let of_rate = matches!(function, "rate" | "irate");
                if of_rate && range.range.as_secs() != RATE_INTERVAL {
                    self.fixed.push(expr.to_string());
                }
                if is_counter(&range.vs) && !of_rate && function != "increase" {
                    self.raw.push(expr.to_string());
                }
                self.selectors.push(range.vs.clone());
            }
            _ => {}
        }
        Ok(true)
    }

    fn post_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        if matches!(expr, Expr::Call(_)) {
            self.calls.pop();
        }
        Ok(true)
    }
}

/// Whether it is a counter by its name, and no gauge that is called so.
fn is_counter(selector: &VectorSelector) -> bool {
    let name = selector.name.as_deref().unwrap_or_default();
    if !name.ends_with("_total") {
        return false;
    }
    let catalogues = telemetry::catalogues();
    let mut gauges = catalogues.iter().flat_map(|catalogue| catalogue.metrics()).filter(|def| def.kind == Kind::Gauge);
    !gauges.any(|gauge| [Namespace::DEFAULT, acme()].iter().any(|namespace| gauge.name_in(namespace) == name))
}

fn acme() -> Namespace {
    Namespace::new("acme").expect("a lower-case word is a namespace")
}

fn panel(board: &mut Value) -> &mut Value {
    let panels = board["panels"].as_array_mut().expect("a dashboard has panels");
    panels.iter_mut().rfind(|panel| panel["type"] != "row").expect("one is no row")
}

fn variable<'a>(board: &'a mut Value, name: &str) -> &'a mut Value {
    let variables = board["templating"]["list"].as_array_mut().expect("a dashboard has variables");
    variables.iter_mut().find(|variable| variable["name"] == name).expect("there is the variable")
}

fn boards(settings: &GeneratorSettings) -> Vec<(String, Value)> {
    let files = generate(settings, &domains()).unwrap_or_else(|errors| panic!("{errors}"));
    let boards = files.iter().filter(|(path, _)| path.starts_with("deploy/grafana/dashboards/"));
    boards.map(|(path, text)| (path.to_owned(), serde_json::from_str(text).expect("a dashboard is JSON"))).collect()
}

fn with_labels() -> GeneratorSettings {
    let common_labels = vec!["cluster".to_owned(), "namespace".to_owned()];
    GeneratorSettings { namespace: acme(), common_labels, ..GeneratorSettings::default() }
}

#[test]
fn every_dashboard_keeps_every_rule() {
    for settings in [GeneratorSettings::default(), with_labels()] {
        let boards = boards(&settings);
        assert!(boards.len() >= 11, "there are only {} dashboards", boards.len());
        let broken: Vec<String> = RULES
            .iter()
            .flat_map(|rule| boards.iter().map(move |(path, board)| (rule, path, (rule.broken)(board))))
            .filter(|(.., broken)| !broken.is_empty())
            .map(|(rule, path, broken)| format!("{}: {path}: {broken:#?}", rule.name))
            .collect();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}

#[test]
fn every_rule_tells_what_breaks_it() {
    let boards = boards(&GeneratorSettings::default());
    for rule in RULES {
        let mut board = boards[0].1.clone();
        (rule.spoil)(&mut board);
        assert!(!(rule.broken)(&board).is_empty(), "{} tells nothing", rule.name);
    }
}
