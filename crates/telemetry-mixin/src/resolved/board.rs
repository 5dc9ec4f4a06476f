//! Dashboards with their expressions parsed.

use crate::model::{Dashboard, Panel, Query, Row, Variable};
use crate::promql::Expression;

/// A dashboard and what it asks for.
#[derive(Debug, Clone)]
pub(crate) struct Board {
    /// All that is said of the whole; its variables and rows are below.
    pub(crate) head: Dashboard,
    pub(crate) variables: Vec<BoardVariable>,
    pub(crate) rows: Vec<BoardRow>,
}

#[derive(Debug, Clone)]
pub(crate) struct BoardVariable {
    pub(crate) variable: Variable,
    pub(crate) series: Expression,
}

#[derive(Debug, Clone)]
pub(crate) struct BoardRow {
    pub(crate) title: Option<String>,
    pub(crate) panels: Vec<BoardPanel>,
}

#[derive(Debug, Clone)]
pub(crate) struct BoardPanel {
    pub(crate) panel: Panel,
    pub(crate) targets: Vec<Target>,
}

/// A query of a panel.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) query: Query,
    pub(crate) expression: Expression,
}

impl BoardPanel {
    pub(super) fn new(mut panel: Panel) -> Self {
        let target = |query: Query| Target { expression: Expression::new(&query.expression), query };
        Self { targets: std::mem::take(&mut panel.queries).into_iter().map(target).collect(), panel }
    }
}

impl Board {
    pub(super) fn new(mut head: Dashboard) -> Self {
        let variable = |variable: Variable| BoardVariable { series: Expression::new(&variable.series), variable };
        let row =
            |row: Row| BoardRow { title: row.title, panels: row.panels.into_iter().map(BoardPanel::new).collect() };
        let (variables, rows) = (std::mem::take(&mut head.variables), std::mem::take(&mut head.rows));
        Self {
            variables: variables.into_iter().map(variable).collect(),
            rows: rows.into_iter().map(row).collect(),
            head,
        }
    }

    /// All panels in order.
    pub(crate) fn panels(&self) -> impl Iterator<Item = &BoardPanel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }

    /// How a message names the dashboard.
    pub(crate) fn place_of_all(&self) -> String {
        format!("dashboard \"{}\"", self.head.title)
    }

    /// How a message names one of its panels.
    pub(crate) fn place(&self, panel: &Panel) -> String {
        format!("panel \"{}\" of {}", panel.title, self.place_of_all())
    }

    /// How a message names one of its variables.
    pub(crate) fn place_of_variable(&self, variable: &BoardVariable) -> String {
        format!("variable `{}` of {}", variable.variable.name, self.place_of_all())
    }
}
