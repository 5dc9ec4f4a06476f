//! Dashboards: of Grafana panels, old rows, variables and annotations; the second schema and Perses have files of their own.

use super::datasource::Types;
use super::elements;
use super::perses;
use super::queries::DashboardFile;
use super::rules::{Found, LONGEST_NAME};
use super::tree::Part;
use crate::promql::{Checker, cut};

/// Checks every query of a dashboard.
pub(super) fn check(checker: &Checker, dashboard: &Part, file: &str, found: &mut Vec<Found>) {
    let display = dashboard.at_path(&["display", "name"]).and_then(Part::text);
    let title = cut(dashboard.text_of("title").or(display).unwrap_or(""), LONGEST_NAME);
    let board = DashboardFile { checker, file, title: &title, types: Types::of(dashboard) };
    let templating = dashboard.get("templating").map(|templating| templating.list("list")).unwrap_or_default();
    for variable in templating {
        board.variable(variable, variable.get("query"), found);
    }
    let annotations = dashboard.get("annotations").map(|annotations| annotations.list("list")).unwrap_or_default();
    for annotation in annotations {
        let place = board.annotation_place(annotation.text_of("name"));
        let expr = annotation.get("expr").or_else(|| annotation.at_path(&["target", "expr"]));
        board.query(expr, &[annotation.get("datasource")], &place, found);
    }
    for panel in dashboard.list("panels") {
        check_panel(&board, panel, found);
    }
    for panel in dashboard.list("rows").iter().flat_map(|row| row.list("panels")) {
        check_panel(&board, panel, found);
    }
    elements::check(&board, dashboard, found);
    perses::check(&board, dashboard, found);
}

fn check_panel(board: &DashboardFile<'_>, panel: &Part, found: &mut Vec<Found>) {
    let place = board.panel_place(panel.text_of("title"));
    for target in panel.list("targets") {
        board.query(target.get("expr"), &[target.get("datasource"), panel.get("datasource")], &place, found);
    }
    for nested in panel.list("panels") {
        check_panel(board, nested, found);
    }
}
