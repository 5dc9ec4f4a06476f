//! Dashboards that several domains share, put together.

use super::Resolved;
use crate::model::Dashboard;

/// A dashboard with the rows of every domain that has a part in it.
pub(super) struct Merged<'a> {
    pub(super) dashboard: Dashboard,
    /// The domains in the order given, of which the first names it in what is said of it.
    pub(super) domains: Vec<&'a str>,
}

/// The dashboards of these domains in the order in which they first occur. The parts of a shared one are joined: rows of
/// the same title become one row, and the rows stand in the order of the dashboard's sections.
pub(super) fn dashboards<'a>(domains: impl IntoIterator<Item = &'a Resolved>) -> Vec<Merged<'a>> {
    let mut merged: Vec<Merged<'a>> = Vec::new();
    for domain in domains {
        for part in &domain.dashboards {
            match merged.iter_mut().find(|known| are_parts(&known.dashboard, part)) {
                Some(known) => {
                    join(&mut known.dashboard, part);
                    known.domains.push(&domain.name);
                }
                None => merged.push(Merged { dashboard: part.clone(), domains: vec![&domain.name] }),
            }
        }
    }
    for Merged { dashboard, .. } in &mut merged {
        let Dashboard { sections, rows, .. } = dashboard;
        // Rows that are no section of it keep their order, after those that are.
        rows.sort_by_key(|row| {
            sections.iter().position(|section| Some(section) == row.title.as_ref()).unwrap_or(sections.len())
        });
    }
    merged
}

/// Whether both are parts of one shared dashboard: all that is said of the whole is the same.
fn are_parts(one: &Dashboard, other: &Dashboard) -> bool {
    let whole = |dashboard: &Dashboard| Dashboard { variables: Vec::new(), rows: Vec::new(), ..dashboard.clone() };
    !one.sections.is_empty() && whole(one) == whole(other)
}

fn join(dashboard: &mut Dashboard, part: &Dashboard) {
    for variable in &part.variables {
        if !dashboard.variables.contains(variable) {
            dashboard.variables.push(variable.clone());
        }
    }
    for row in &part.rows {
        match dashboard.rows.iter_mut().find(|known| known.title == row.title) {
            Some(known) => known.panels.extend(row.panels.iter().cloned()),
            None => dashboard.rows.push(row.clone()),
        }
    }
}
