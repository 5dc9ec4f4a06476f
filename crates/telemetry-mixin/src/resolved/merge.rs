//! Dashboards that several domains share, put together.

use super::Resolved;
use super::board::{Board, BoardRow};

/// A dashboard with the rows of every domain that has a part in it.
pub(crate) struct Merged<'a> {
    pub(crate) board: Board,
    /// The domains in the order given, of which the first names it in what is said of it.
    pub(crate) domains: Vec<&'a str>,
}

/// The dashboards of these domains in the order in which they first occur. The parts of a shared one are joined: rows of
/// the same title become one row, and the rows stand in the order of the dashboard's sections.
pub(crate) fn merged<'a>(domains: impl IntoIterator<Item = &'a Resolved>) -> Vec<Merged<'a>> {
    let mut merged: Vec<Merged<'a>> = Vec::new();
    for domain in domains {
        for part in &domain.boards {
            match merged.iter_mut().find(|known| are_parts(&known.board, part)) {
                Some(known) => {
                    join(&mut known.board, part);
                    known.domains.push(&domain.name);
                }
                None => merged.push(Merged { board: part.clone(), domains: vec![&domain.name] }),
            }
        }
    }
    for Board { head, rows, .. } in merged.iter_mut().map(|merged| &mut merged.board) {
        // Rows that are no section of it keep their order, after those that are.
        let place = |row: &BoardRow| head.sections.iter().position(|section| Some(section) == row.title.as_ref());
        rows.sort_by_key(|row| place(row).unwrap_or(head.sections.len()));
    }
    merged
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
