//! How much there was of what over time: rows of cells, the brighter the more.

use std::fmt::Write as _;

use crate::area::Area;
use crate::axes::{self, TIMES};
use crate::colour::{Colour, HEAT_STEPS};
use crate::dashboard::Panel;
use crate::panel::bars::bucket;
use crate::series::{Series, Shown};
use crate::style;
use crate::svg::{Font, Number, Svg};
use crate::unit::Unit;

/// How high the scale of the colours is.
const SCALE: f64 = 20.0;
/// What is below counts as nothing.
const NOTHING: f64 = 1e-9;

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    let rows: Vec<&Series> = shown.series.iter().filter(|series| series.last().is_some()).collect();
    let of_row = panel.option("/yAxis/unit").map_or_else(|| style::unit(panel, ""), Unit::named);
    let names: Vec<String> = rows
        .iter()
        .map(|row| match row.labels.get("le") {
            Some(le) => bucket(&of_row, le),
            None => row.name.clone(),
        })
        .collect();
    let font = Font::SMALL;
    let left = names.iter().map(|name| font.width(name) + 10.0).fold(30.0, f64::max).min(area.w * 0.35);
    let plot = area.inset(left, 4.0, 8.0, TIMES + SCALE);
    let most = rows.iter().filter_map(|row| row.max()).fold(0.0, f64::max);
    let width = plot.w / (shown.window.points() - 1).max(1) as f64;
    let height = plot.h / rows.len().max(1) as f64;
    let mut cells = vec![String::new(); HEAT_STEPS + 1];
    let mut free = f64::INFINITY;
    for (number, row) in rows.iter().enumerate() {
        // From the smallest at the foot to the largest at the head.
        let y = plot.bottom() - height * (number + 1) as f64;
        let foot = y + height / 2.0 + 4.0;
        if foot + 12.0 <= free {
            svg.text((plot.x - 6.0, foot), font.at_end(), &font.cut(&names[number], left - 8.0));
            free = foot;
        }
        for (point, value) in row.values.iter().enumerate().skip(1) {
            let Some(value) = value.filter(|value| *value > NOTHING) else { continue };
            let step = (value / most * HEAT_STEPS as f64).round() as usize;
            let (x, y) = (Number(plot.x + width * (point - 1) as f64), Number(y));
            let (w, h) = (Number((width - 0.6).max(0.5)), Number((height - 0.8).max(0.5)));
            let _ = write!(cells[step.min(HEAT_STEPS)], "M{x} {y}h{w}v{h}h-{w}z");
        }
    }
    for (step, path) in cells.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        svg.fill(path, Colour::of_heat(step), 1.0);
    }
    axes::times(svg, plot, shown.window, false);
    let of_cell = panel.option("/cellValues/unit").map_or(Unit::Short, Unit::named);
    scale(svg, Area { y: area.bottom() - SCALE + 6.0, h: 8.0, ..plot }, &of_cell, most);
}

fn scale(svg: &mut Svg, area: Area, unit: &Unit, most: f64) {
    let most = unit.format(most);
    let bar = Area { x: area.x + 16.0, w: 160.0_f64.min(area.w * 0.5), ..area };
    svg.text((area.x, area.bottom()), Font::SMALL.sized(10.0), "0");
    for (step, cell) in bar.split(HEAT_STEPS + 1, true).enumerate() {
        svg.rect(Area { w: cell.w + 0.3, ..cell }, Colour::of_heat(step), 0.0);
    }
    svg.text((bar.right() + 8.0, area.bottom()), Font::SMALL.sized(10.0), &most);
}
