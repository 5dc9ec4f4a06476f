//! Dashboards that several domains share, put together, and what every dashboard begins with.

use std::collections::BTreeMap;

use super::Resolved;
use super::board::{Board, BoardPanel, BoardRow};
use super::{budgets, glance};
use crate::model::{Dashboard, Slo};

/// A dashboard with the rows of every domain that has a part in it.
pub(crate) struct Merged<'a> {
    pub(crate) board: Board,
    /// The domains in the order given, of which the first names it in what is said of it.
    pub(crate) domains: Vec<&'a str>,
    /// The names of their alerts on which somebody has to act.
    pub(crate) alerts: Vec<String>,
}

/// The dashboards of these domains in the order in which they first occur. The parts of a shared one are joined: rows of
/// the same title become one row, and the rows stand in the order of the dashboard's sections.
pub(crate) fn merged<'a>(domains: impl IntoIterator<Item = &'a Resolved>) -> Vec<Merged<'a>> {
    let mut merged: Vec<Merged<'a>> = Vec::new();
    // By domain, the rule that records how many of its alerts fire.
    let mut firing: BTreeMap<&str, &str> = BTreeMap::new();
    let mut objectives: Vec<&Slo> = Vec::new();
    for domain in domains {
        objectives.extend(&domain.objectives);
        firing.extend(domain.firing.as_deref().map(|rule| (domain.name.as_str(), rule)));
        for part in &domain.boards {
            match merged.iter_mut().find(|known| are_parts(&known.board, part)) {
                Some(known) => {
                    join(&mut known.board, part);
                    known.domains.push(&domain.name);
                    known.alerts.extend(glance::urgent(&domain.alerts));
                }
                None => merged.push(Merged {
                    board: part.clone(),
                    domains: vec![&domain.name],
                    alerts: glance::urgent(&domain.alerts).collect(),
                }),
            }
        }
    }
    for Merged { board, domains, .. } in &mut merged {
        let Board { head, rows, .. } = board;
        // Rows that are no section of it keep their order, after those that are.
        let place = |row: &BoardRow| head.sections.iter().position(|section| Some(section) == row.title.as_ref());
        rows.sort_by_key(|row| place(row).unwrap_or(head.sections.len()));
        let own: Vec<&Slo> = objectives.iter().filter(|slo| slo.dashboard == head.slug).copied().collect();
        if let Some(row) = budgets::row(&own) {
            rows.insert(0, row);
        }
        begin(rows, glance::panels(domains.iter().filter_map(|domain| firing.get(domain).copied())));
    }
    merged
}

/// Puts the row at the head that every dashboard begins with; what domains have added to it follows in it.
fn begin(rows: &mut Vec<BoardRow>, mut panels: Vec<BoardPanel>) {
    let is_first = |row: &BoardRow| row.title.as_deref() == Some(Dashboard::AT_A_GLANCE);
    if let Some(at) = rows.iter().position(is_first) {
        panels.extend(rows.remove(at).panels);
    }
    rows.insert(0, BoardRow { title: Some(Dashboard::AT_A_GLANCE.to_owned()), panels });
}

/// Whether both are parts of one shared dashboard: all that is said of the whole is the same.
fn are_parts(one: &Board, other: &Board) -> bool {
    !one.head.sections.is_empty() && one.head == other.head
}

fn join(board: &mut Board, part: &Board) {
    for own in &part.variables {
        if board.variables.iter().all(|known| known.variable != own.variable) {
            board.variables.push(own.clone());
        }
    }
    for row in &part.rows {
        match board.rows.iter_mut().find(|known| known.title == row.title) {
            Some(known) => known.panels.extend(row.panels.iter().cloned()),
            None => board.rows.push(row.clone()),
        }
    }
}
