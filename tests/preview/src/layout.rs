//! Where the panels of a dashboard stand: Grafana's 24 columns as pixels, rows that are folded opened.

use crate::area::Area;
use crate::dashboard::{Dashboard, GridPos, Panel};

/// How wide a picture is.
pub(crate) const WIDTH: f64 = 1160.0;
/// What is free at its sides.
pub(crate) const MARGIN: f64 = 16.0;
/// What is free between panels.
const GAP: f64 = 8.0;
const COLUMNS: f64 = 24.0;
/// How high a row of the grid is, with the gap below it.
const ROW: f64 = 38.0;

/// The panels with their places, and how high all is. The first row of the grid stands at `top`.
pub(crate) fn layout(dashboard: &Dashboard, top: f64) -> (Vec<(&Panel, Area)>, f64) {
    let mut placed = Vec::new();
    let mut opened = 0;
    for panel in &dashboard.panels {
        let at = GridPos { y: panel.grid_pos.y + opened, ..panel.grid_pos };
        placed.push((panel, area(at, top)));
        let first = panel.panels.iter().map(|folded| folded.grid_pos.y).min().unwrap_or_default();
        let mut foot = 0;
        for folded in &panel.panels {
            let below = folded.grid_pos.y - first;
            placed.push((folded, area(GridPos { y: at.y + at.h + below, ..folded.grid_pos }, top)));
            foot = foot.max(below + folded.grid_pos.h);
        }
        opened += foot;
    }
    let foot = placed.iter().map(|(_, area)| area.bottom()).fold(top, f64::max);
    (placed, foot + MARGIN)
}

fn area(at: GridPos, top: f64) -> Area {
    let column = (WIDTH - 2.0 * MARGIN + GAP) / COLUMNS;
    let [x, y, w, h] = [at.x, at.y, at.w, at.h].map(f64::from);
    Area { x: MARGIN + x * column, y: top + y * ROW, w: w * column - GAP, h: h * ROW - GAP }
}
