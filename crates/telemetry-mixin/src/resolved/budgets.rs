//! The row of a dashboard that shows what is left of the error budgets.

use super::board::{BoardPanel, BoardRow};
use super::slo::{MONTH, budget_left};
use crate::model::{Dashboard, Panel, Query, Slo, Unit};

/// The row of these objectives; `None` where there are none.
pub(super) fn row(objectives: &[&Slo]) -> Option<BoardRow> {
    let promises: Vec<String> = objectives.iter().map(|slo| format!("{}: {}", slo.name(), slo.description)).collect();
    if promises.is_empty() {
        return None;
    }
    let promises = promises.join("; ");
    let queries = || objectives.iter().map(|slo| query(slo)).collect::<Vec<_>>();
    let now = format!(
        "What is left of the bad events that 30 days may have; below 0 the objective is missed, and -100% is that or worse. \
         A budget is that of all instances. {promises}"
    );
    let course = format!("The error budgets over 30 days. {promises}");
    let stat = Panel::stat("Error Budget Left", now, Unit::Ratio, queries())
        .threshold(-1.0, "red")
        .threshold(0.0, "orange")
        .threshold(0.25, "green");
    let lines = Panel::time_series("Error Budget over 30 Days", course, Unit::Ratio, queries()).range(MONTH);
    let panels = [stat.size(10, 8), lines.size(14, 8)].map(|panel| {
        let mut panel = objectives.iter().fold(panel, |panel, slo| panel.alert(slo.name()));
        (panel.min, panel.max) = (Some(-1.0), Some(1.0));
        BoardPanel::new(panel)
    });
    Some(BoardRow { title: Some(Dashboard::OBJECTIVES.to_owned()), panels: panels.into() })
}

/// The greatest of many lines are not those that matter here, so that nothing is folded: clamping it keeps it whole.
fn query(slo: &Slo) -> Query {
    let labels: Vec<&str> = slo.tested_labels.iter().map(|(name, _)| name.as_str()).collect();
    let by = if labels.is_empty() { String::new() } else { format!(" by ({})", labels.join(", ")) };
    let shown: Vec<String> = labels.iter().map(|label| format!("{{{{{label}}}}}")).collect();
    let legend = std::iter::once(slo.name().to_owned()).chain(shown).collect::<Vec<_>>().join(" ");
    Query::new(format!("clamp_min(min{by} ({}), -1)", budget_left(slo))).legend(legend)
}
