//! How often numbers fell between which two.

use crate::area::Area;
use crate::axes::Axis;
use crate::dashboard::Panel;
use crate::series::Shown;
use crate::style;
use crate::svg::{Font, Svg};
use crate::unit::Unit;

/// About how many columns there are.
const COLUMNS: usize = 24;
/// How high the marks below are.
const MARKS: f64 = 20.0;

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    let values: Vec<f64> = shown.series.iter().flat_map(|series| series.values.iter().flatten().copied()).collect();
    let unit = style::unit(panel, "");
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
    let high = if high > low { high } else { low + low.abs().max(1.0) * 0.1 };
    let bounds = unit.marks(low, high, COLUMNS);
    let [first, second, ..] = bounds[..] else { return };
    let mut counts = vec![0_u32; bounds.len() - 1];
    let step = second - first;
    for value in values {
        let column = ((value - first) / step) as usize;
        counts[column.min(bounds.len() - 2)] += 1;
    }
    let most = f64::from(counts.iter().copied().max().unwrap_or(1));
    let axis = Axis::new(&Unit::Short, (0.0, most), Some(0.0), None, area.h - MARKS);
    let plot = area.inset(axis.width(), 6.0, 8.0, MARKS);
    axis.draw(svg, plot);
    let width = plot.w / counts.len() as f64;
    let colour = style::of_series(panel, "", 0);
    for (number, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let y = axis.y(plot, f64::from(*count));
        let column = Area { x: plot.x + width * number as f64 + 0.5, y, w: width - 1.0, h: plot.bottom() - y };
        svg.rect(column, colour, 0.0);
    }
    let mut free = plot.x - 20.0;
    for (number, bound) in bounds.iter().enumerate() {
        let (x, name) = (plot.x + width * number as f64, unit.format(*bound));
        let half = Font::SMALL.width(&name) / 2.0;
        if x - half > free && x + half <= plot.right() + 8.0 {
            svg.text((x, plot.bottom() + 15.0), Font::SMALL.centred(), &name);
            free = x + half + 14.0;
        }
    }
}
