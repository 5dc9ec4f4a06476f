//! Shares of a whole as a ring, with a table of what they are.

use crate::area::Area;
use crate::colour::CANVAS;
use crate::dashboard::Panel;
use crate::legend;
use crate::series::{Series, Shown};
use crate::style;
use crate::svg::{Font, Number, Svg};
use crate::unit::Unit;

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    let parts: Vec<(&Series, f64)> =
        shown.series.iter().filter_map(|part| Some((part, part.last().filter(|value| *value > 0.0)?))).collect();
    let total: f64 = parts.iter().map(|(_, value)| value).sum();
    // The numbers beside the names need some room.
    let is_wide = area.w > area.h * 2.0;
    let (ring, table) = match is_wide {
        true => (Area { w: area.w * 0.4, ..area }, area.inset(area.w * 0.42, 8.0, 4.0, 8.0)),
        false => {
            let legend = legend::height(parts.len(), area.h * 0.45);
            (area.inset(0.0, 0.0, 0.0, legend + 6.0), area.inset(0.0, area.h - legend, 0.0, 0.0))
        }
    };
    let centre = ring.middle();
    let radius = ring.w.min(ring.h) / 2.0 - 6.0;
    let thick = radius * 0.4;
    let mut begun = 0.0;
    for (number, (part, value)) in parts.iter().enumerate() {
        // A whole circle has no ends, and an arc needs two.
        let share = (value / total).min(0.9999);
        let at = |share: f64, radius: f64| {
            let angle = share * std::f64::consts::TAU;
            (centre.0 + radius * angle.sin(), centre.1 - radius * angle.cos())
        };
        let middle = radius - thick / 2.0;
        let ((x, y), (to_x, to_y)) = (at(begun, middle), at(begun + share, middle));
        let path = format!(
            "M{} {}A{} {} 0 {} 1 {} {}",
            Number(x),
            Number(y),
            Number(middle),
            Number(middle),
            i32::from(share > 0.5),
            Number(to_x),
            Number(to_y)
        );
        svg.stroke(&path, style::of_series(panel, &part.name, number), thick);
        if share > 0.06 {
            let (x, y) = at(begun + share / 2.0, middle);
            let font = Font::BODY.sized(10.0).centred().coloured(CANVAS);
            svg.text((x, y + 4.0), font, &Unit::Percent.format((share * 100.0).round()));
        }
        begun += value / total;
    }
    let lines: Vec<_> = parts
        .iter()
        .enumerate()
        .map(|(number, (part, value))| {
            let share = Unit::Percent.format((value / total * 100.0).round());
            let numbers = vec![style::written(panel, &part.name, Some(*value)), share];
            (style::of_series(panel, &part.name, number), &*part.name, numbers)
        })
        .collect();
    legend::table(svg, table, &["Value", "Percent"], &lines);
}
