//! The queries of a dashboard, wherever in it they stand.

use super::datasource::Types;
use super::rules::{Found, LONGEST_NAME, Placed};
use super::tree::Part;
use crate::promql::{Checker, Expression, Role, cut};

/// One check of one dashboard.
pub(super) struct DashboardFile<'a> {
    pub(super) checker: &'a Checker,
    pub(super) file: &'a str,
    pub(super) title: &'a str,
    pub(super) types: Types<'a>,
}

impl DashboardFile<'_> {
    pub(super) fn panel_place(&self, title: Option<&str>) -> String {
        format!("panel \"{}\" of dashboard \"{}\"", cut(title.unwrap_or(""), LONGEST_NAME), self.title)
    }

    pub(super) fn annotation_place(&self, name: Option<&str>) -> String {
        format!("annotation `{}` of dashboard \"{}\"", cut(name.unwrap_or(""), LONGEST_NAME), self.title)
    }

    pub(super) fn variable_place(&self, name: Option<&str>) -> String {
        format!("variable `{}` of dashboard \"{}\"", cut(name.unwrap_or(""), LONGEST_NAME), self.title)
    }

    /// The values of a label of series.
    pub(super) fn listing(&self, series: &Part, label: &str, place: &str, found: &mut Vec<Found>) {
        let Some((text, at)) = series.text().map(|text| (text, series.at)) else { return };
        let expression = Expression::new(text);
        if let Err(problems) = self.checker.check_listing(&expression, label) {
            Placed { expression: &expression, at, rule: None }.tell(problems, place, self.file, found);
        }
    }

    /// A query, if these datasources ask it in PromQL; the nearest comes first.
    pub(super) fn query(
        &self,
        expr: Option<&Part>,
        datasources: &[Option<&Part>],
        place: &str,
        found: &mut Vec<Found>,
    ) {
        let Some((text, at)) = expr.and_then(|expr| Some((expr.text()?, expr.at))) else { return };
        if !text.trim().is_empty() && self.types.are_promql(datasources, text) {
            let expression = Expression::new(text);
            Placed { expression: &expression, at, rule: None }.check(
                self.checker,
                Role::Panel,
                place,
                self.file,
                found,
            );
        }
    }

    /// A variable that lists a label of a series, `label_values(series, label)`, or the result of a query.
    pub(super) fn variable(&self, variable: &Part, query: Option<&Part>, found: &mut Vec<Found>) {
        let text = query.map(|query| query.get("query").or_else(|| query.get("expr")).unwrap_or(query));
        let Some((text, at)) = text.and_then(|text| Some((text.text()?, text.at))) else { return };
        if !self.types.are_promql(&[variable.get("datasource")], text) {
            return;
        }
        let place = self.variable_place(variable.text_of("name"));
        let called = |function: &str| text.trim().strip_prefix(function)?.strip_suffix(')');
        let (inner, label) = match (called("label_values("), called("query_result(")) {
            (Some(listed), _) => match listed.rsplit_once(',') {
                Some((series, label)) => (series.trim(), Some(label.trim())),
                None => return,
            },
            (None, Some(query)) => (query.trim(), None),
            (None, None) => return,
        };
        let expression = Expression::new(inner);
        // The name of the function stands before it.
        let at = at.map(|at| at + self.file[at..].find('(').map_or(0, |open| open + 1));
        let placed = Placed { expression: &expression, at, rule: None };
        match label {
            None => {
                placed.check(self.checker, Role::Panel, &place, self.file, found);
            }
            Some(label) => {
                if let Err(problems) = self.checker.check_listing(&expression, label) {
                    placed.tell(problems, &place, self.file, found);
                }
            }
        }
    }
}
