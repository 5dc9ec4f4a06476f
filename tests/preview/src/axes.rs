//! The axes around a plot: where a number and a time stand, and the marks that say so.

use crate::area::Area;
use crate::colour::GRID;
use crate::svg::{Font, Svg};
use crate::unit::{Unit, time_step};
use crate::window::{Window, clock, date};

/// How high the marks of times are.
pub(crate) const TIMES: f64 = 20.0;

/// An axis of numbers, from the foot of a plot to its head.
pub(crate) struct Axis {
    marks: Vec<f64>,
    names: Vec<String>,
    from: f64,
    to: f64,
}

impl Axis {
    /// For numbers between two, unless the panel says where its axis begins and ends.
    pub(crate) fn new(unit: &Unit, found: (f64, f64), min: Option<f64>, max: Option<f64>, height: f64) -> Self {
        // What falls below where the axis should begin is shown all the same.
        let from = min.map_or(found.0, |min| min.min(found.0));
        let to = max.map_or(found.1, |max| max.max(found.1));
        let to = if to > from { to } else { from + 1.0 };
        let about = (height / 34.0).clamp(2.0, 6.0) as usize;
        let marks = unit.marks(from, to, about);
        let (first, last) = (marks[0], marks[marks.len() - 1]);
        let to = if max.is_some_and(|max| max >= found.1) { to } else { last };
        let from = if min.is_some_and(|min| min <= found.0) { from } else { first };
        let marks: Vec<f64> = marks.into_iter().filter(|mark| (from..=to * (1.0 + 1e-9)).contains(mark)).collect();
        let names = marks.iter().map(|mark| unit.format(*mark)).collect();
        Self { marks, names, from, to }
    }

    /// How wide its names are.
    pub(crate) fn width(&self) -> f64 {
        self.names.iter().map(|name| Font::SMALL.width(name)).fold(20.0, f64::max) + 8.0
    }

    /// Where a number stands.
    pub(crate) fn y(&self, plot: Area, value: f64) -> f64 {
        plot.bottom() - ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0) * plot.h
    }

    pub(crate) fn draw(&self, svg: &mut Svg, plot: Area) {
        for (mark, name) in self.marks.iter().zip(&self.names) {
            let y = self.y(plot, *mark);
            svg.line((plot.x, y), (plot.right(), y), GRID);
            svg.text((plot.x - 6.0, y + 4.0), Font::SMALL.at_end(), name);
        }
    }
}

/// The times below a plot; with lines through it where they help.
pub(crate) fn times(svg: &mut Svg, plot: Area, window: Window, with_lines: bool) {
    let about = (plot.w / 90.0).max(1.0);
    let step = time_step(window.length() as f64 / about).max(1.0) as u64;
    let first = window.start().div_ceil(step) * step;
    for time in (first..=window.end()).step_by(step as usize) {
        let x = plot.x + plot.w * window.share(time as f64);
        if with_lines {
            svg.line((x, plot.y), (x, plot.bottom()), GRID);
        }
        let name = if step >= 86_400 {
            let (_, month, day) = date(time / 86_400);
            format!("{month:02}-{day:02}")
        } else {
            clock(time, step < 60)
        };
        let half = Font::SMALL.width(&name) / 2.0;
        // A name that would stand beyond the panel's edge is left out.
        if x + half <= plot.right() + 10.0 {
            svg.text((x, plot.bottom() + 15.0), Font::SMALL.centred(), &name);
        }
    }
}
