//! Dashboards and alerts as they are generated, against `operations.yaml`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use promql_parser::parser::Expr;
use telemetry_mixin::model::Dashboard;

use super::canonical::{Recorded, canonical, of_each_job, selected};
use super::catalogues::shown_crates;
use super::generated::{self, Generated};
use super::spec::{self, Alert, Metrics, Operations, Panel};

/// How Grafana draws what the contract asks for: the words that the contract's description begins with, the panel's
/// type, and how it stacks.
const DRAWN: [(&str, &str, Option<&str>); 10] = [
    ("stacked", "timeseries", Some("normal")),
    ("timeseries", "timeseries", Some("none")),
    ("stat", "stat", None),
    ("gauge", "gauge", None),
    ("heatmap", "heatmap", None),
    ("histogram", "histogram", None),
    ("bar", "bargauge", None),
    ("pie", "piechart", None),
    ("table", "table", None),
    ("event timeline", "state-timeline", None),
];

/// The contract, the generated files, and which part of the former applies to the latter.
struct Check {
    metrics: Metrics,
    crates: BTreeSet<String>,
    generated: Generated,
    problems: String,
}

impl Check {
    fn new() -> Self {
        Self { metrics: Metrics::read(), crates: shown_crates(), generated: Generated::new(), problems: String::new() }
    }

    /// Whether every series that the expression reads belongs to a domain that exists.
    fn applies(&self, expression: &str) -> bool {
        let names = selected(&canonical(expression, &Recorded::new()));
        let owner = |name: &String| {
            let owner = self.metrics.crate_of(name);
            owner.unwrap_or_else(|| panic!("{expression}: the contract has no metric of the series {name}"))
        };
        // Every name is looked up, so that one that is in no contract is told.
        let owners: BTreeSet<&str> = names.iter().map(owner).collect();
        owners.iter().all(|owner| self.crates.contains(*owner))
    }

    fn problem(&mut self, place: &str, what: impl std::fmt::Display) {
        let _ = writeln!(self.problems, "{place}: {what}");
    }

    fn dashboard(&mut self, dashboard: &spec::Dashboard) -> usize {
        let wanted = |panel: &&Panel| panel.queries().iter().all(|query| self.applies(query));
        let panels: Vec<&Panel> = dashboard.panels.iter().filter(wanted).collect();
        if panels.is_empty() {
            return 0;
        }
        let Some(at) = self.generated.dashboards.iter().position(|found| found.title == dashboard.title) else {
            self.problem(&dashboard.title, "there is no such dashboard");
            return panels.len();
        };
        let found = self.generated.dashboards.swap_remove(at);
        if dashboard.refresh.as_ref().is_some_and(|refresh| *refresh != found.refresh) {
            self.problem(&dashboard.title, format!("reloads every {}", found.refresh));
        }
        for panel in &panels {
            self.panel(&format!("{} / {}", dashboard.title, panel.title), panel, &found);
        }
        panels.len()
    }

    fn panel(&mut self, place: &str, panel: &Panel, dashboard: &generated::Dashboard) {
        let titled = |(_, found): &(usize, &generated::Panel)| found.title == panel.title && found.viz != "row";
        let found: Vec<_> = dashboard.panels.iter().enumerate().filter(titled).collect();
        let [(at, found)] = found[..] else {
            return self.problem(place, format!("{} panels of that title", found.len()));
        };
        let row = dashboard.panels[..at].iter().rfind(|before| before.viz == "row").map(|row| &row.title);
        if panel.row.is_some() && panel.row.as_ref() != row {
            self.problem(place, format!("it is in the row {row:?}"));
        }
        let unit = &found.fields.defaults.unit;
        if panel.unit.as_ref().is_some_and(|wanted| *unit != *wanted && *unit != format!("suffix: {wanted}")) {
            self.problem(place, format!("its unit is {unit:?}"));
        }
        let drawn = DRAWN.iter().find(|(words, ..)| panel.viz.starts_with(words));
        let (_, viz, stacking) = drawn.unwrap_or_else(|| panic!("{place}: nothing draws {:?}", panel.viz));
        let stacks = found.fields.defaults.custom["stacking"]["mode"].as_str();
        if found.viz != *viz || stacks != *stacking {
            self.problem(place, format!("is drawn as {} ({stacks:?}), not as {:?}", found.viz, panel.viz));
        }
        let mut there: Vec<(Expr, &str)> =
            found.targets.iter().map(|target| (self.canonical(&target.expr), target.expr.as_str())).collect();
        for query in panel.queries() {
            let wanted = self.canonical(&query);
            match there.iter().position(|(expr, _)| *expr == wanted) {
                Some(at) => drop(there.swap_remove(at)),
                None => self.problem(place, format!("no query means\n  {query}\namong {there:#?}")),
            }
        }
        // A table may read more columns than the contract writes out.
        if !there.is_empty() && *viz != "table" {
            self.problem(place, format!("queries that the contract does not have: {there:#?}"));
        }
    }

    fn canonical(&self, expression: &str) -> Expr {
        canonical(expression, &self.generated.recorded)
    }

    fn alert(&mut self, alert: &Alert) -> bool {
        let expr = alert.expr();
        let found: Vec<_> = self.generated.alerts.iter().filter(|found| found.alert == alert.alert).collect();
        // Those without an expression are more than one, and have to be there in any case.
        let applies = expr.as_ref().is_none_or(|expr| self.applies(expr));
        let problem = match found[..] {
            [] if !applies => return false,
            [found] => {
                let labels = ["severity", "team"].map(|label| found.labels.get(label).map(String::as_str));
                let wanted = [Some(alert.severity.as_str()), Some(alert.team.as_str())];
                let mut problem = String::new();
                if labels != wanted || found.hold != alert.hold {
                    let _ = write!(problem, "severity and team are {labels:?}, for is {}; ", found.hold);
                }
                if expr.is_some_and(|expr| of_each_job(self.canonical(&expr)) != self.canonical(&found.expr)) {
                    let _ = write!(problem, "it means something else:\n  {}", found.expr);
                }
                problem
            }
            _ => format!("there are {} alerts of that name", found.len()),
        };
        if !problem.is_empty() {
            self.problem(&alert.alert, problem);
        }
        true
    }
}

/// What is generated and not in the contract, with the line that the contract would have for it.
fn more(contract: &Operations, generated: &Generated) -> String {
    let mut more = String::new();
    for dashboard in &generated.dashboards {
        let known = contract.dashboards.iter().find(|known| known.title == dashboard.title);
        let mut row = "";
        for panel in &dashboard.panels {
            if panel.viz == "row" {
                row = &panel.title;
            } else if matches!(row, Dashboard::AT_A_GLANCE | Dashboard::OBJECTIVES) {
                // What every dashboard begins with, and what is made of objectives, is the generator's.
            } else if !known.is_some_and(|known| known.panels.iter().any(|known| known.title == panel.title)) {
                let line = line_of_panel(row, panel);
                let _ = writeln!(more, "{}: not in the contract, which would have\n  {line}", dashboard.title);
            }
        }
    }
    for alert in &generated.alerts {
        if contract.alerts.iter().all(|known| known.alert != alert.alert) {
            let line = line_of_alert(alert);
            let _ = writeln!(more, "{}: not in the contract, which would have\n  {line}", alert.alert);
        }
    }
    more
}

fn line_of_panel(row: &str, panel: &generated::Panel) -> String {
    let stacking = panel.fields.defaults.custom["stacking"]["mode"].as_str();
    let drawn = DRAWN.iter().find(|(_, viz, stacks)| *viz == panel.viz && *stacks == stacking);
    let (viz, unit) = (drawn.map_or(panel.viz.as_str(), |(words, ..)| *words), &panel.fields.defaults.unit);
    let query = panel.targets.first().map_or("", |target| &target.expr);
    format!("- {{row: {row}, title: {}, viz: {viz}, unit: {unit}, added: true, query: '{query}'}}", panel.title)
}

fn line_of_alert(generated::Alert { alert, expr, hold, labels }: &generated::Alert) -> String {
    let [severity, team] = ["severity", "team"].map(|label| labels.get(label).map_or("", String::as_str));
    format!("- {{alert: {alert}, source: added, for: {hold}, severity: {severity}, team: {team}, expr: '{expr}'}}")
}

#[test]
fn the_dashboards_have_the_panels_of_the_contract() {
    let mut check = Check::new();
    let panels: usize = Operations::read().dashboards.iter().map(|dashboard| check.dashboard(dashboard)).sum();
    assert!(check.problems.is_empty(), "{}", check.problems);
    assert!(panels >= 99, "only {panels} panels were looked at");
}

#[test]
fn the_alerts_are_those_of_the_contract() {
    let mut check = Check::new();
    let alerts = Operations::read().alerts.iter().filter(|alert| check.alert(alert)).count();
    assert!(check.problems.is_empty(), "{}", check.problems);
    assert!(alerts >= 28, "only {alerts} alerts were looked at");
}

#[test]
fn the_contract_holds_every_panel_and_every_alert() {
    let (contract, mut generated) = (Operations::read(), Generated::new());
    let more_than = |generated: &Generated| more(&contract, generated);
    assert_eq!(more_than(&generated), "");
    // What would be added is told with its line.
    generated.alerts[0].alert = "SomethingElse".to_owned();
    let told = more_than(&generated);
    assert!(told.contains("- {alert: SomethingElse, source: added, for: "), "{told}");
    assert_eq!(told.lines().count(), 2, "{told}");
    let panel = generated.dashboards[0].panels.iter_mut().rfind(|panel| panel.viz != "row").expect("it has panels");
    panel.title.push_str(" Anew");
    let told = more_than(&generated);
    assert!(told.contains(" Anew, viz: ") && told.lines().count() == 4, "{told}");
}

#[test]
fn any_difference_is_told() {
    type Change = fn(&mut Generated);
    let changes: [(&str, Change); 9] = [
        ("there is no such dashboard", |files| files.dashboards.iter_mut().for_each(|board| board.title.push('s'))),
        ("0 panels of that title", |files| each_panel(files, |panel| panel.title.push('s'))),
        ("its unit is", |files| each_panel(files, |panel| panel.fields.defaults.unit = "short".to_owned())),
        ("is drawn as", |files| each_panel(files, |panel| panel.viz = "text".to_owned())),
        ("no query means", |files| each_panel(files, |panel| panel.targets.clear())),
        ("the contract does not have", |files| {
            each_panel(files, |panel| panel.targets.push(generated::Target { expr: "sum(x)".to_owned() }));
        }),
        ("there are 0 alerts", |files| files.alerts.clear()),
        ("for is 1h", |files| each_alert(files, |alert| alert.hold = "1h".to_owned())),
        ("it means something else", |files| each_alert(files, |alert| alert.expr = "sum(x) > 1".to_owned())),
    ];
    for (expected, change) in changes {
        let mut check = Check::new();
        change(&mut check.generated);
        let contract = Operations::read();
        for dashboard in &contract.dashboards {
            check.dashboard(dashboard);
        }
        for alert in &contract.alerts {
            check.alert(alert);
        }
        assert!(check.problems.contains(expected), "{expected} is not in\n{}", check.problems);
    }
}

fn each_alert(files: &mut Generated, change: fn(&mut generated::Alert)) {
    files.alerts.iter_mut().for_each(change);
}

fn each_panel(files: &mut Generated, change: fn(&mut generated::Panel)) {
    files.dashboards.iter_mut().flat_map(|dashboard| &mut dashboard.panels).for_each(change);
}
