//! How the states of some things followed each other: a row for each.

use crate::area::Area;
use crate::axes::{self, TIMES};
use crate::dashboard::Panel;
use crate::series::Shown;
use crate::style;
use crate::svg::{Font, Svg};

/// How low a row may become.
const LOWEST: f64 = 18.0;

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    let fit = ((area.h - TIMES) / LOWEST).floor().max(1.0) as usize;
    let drawn = &shown.series[..shown.series.len().min(fit)];
    let font = Font::SMALL;
    let left = drawn.iter().map(|series| font.width(&series.name) + 12.0).fold(30.0, f64::max).min(area.w * 0.3);
    let plot = area.inset(left, 4.0, 8.0, TIMES);
    for (series, row) in drawn.iter().zip(plot.split(drawn.len(), false)) {
        svg.text((plot.x - 6.0, row.middle().1 + 4.0), font.at_end(), &font.cut(&series.name, left - 8.0));
        let x = |point: usize| plot.x + plot.w * shown.window.share(shown.time(point));
        let colours: Vec<_> =
            series.values.iter().map(|value| value.map(|value| style::colour(panel, value))).collect();
        let mut begun = 0;
        for point in 1..=colours.len() {
            if colours.get(point) == Some(&colours[begun]) {
                continue;
            }
            if let Some(colour) = colours[begun] {
                let to = x(point).min(plot.right());
                svg.rect(
                    Area { x: x(begun), w: (to - x(begun)).max(1.0), ..row.inset(0.0, 2.0, 0.0, 2.0) },
                    colour,
                    1.0,
                );
            }
            begun = point;
        }
    }
    axes::times(svg, plot, shown.window, false);
}
