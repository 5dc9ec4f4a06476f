//! Lines, areas on top of each other, and bars over time, with a table of what they are.

use std::fmt::Write as _;
use std::ops::Range;

use crate::area::Area;
use crate::axes::{self, Axis, TIMES};
use crate::colour::Colour;
use crate::dashboard::Panel;
use crate::legend;
use crate::series::{Series, Shown};
use crate::style;
use crate::svg::{Number, Svg};

/// What of a panel is the plot's at least.
const PLOT: f64 = 0.55;

/// A series as it is drawn: between which two numbers at each point.
struct Band<'a> {
    series: &'a Series,
    foot: Vec<f64>,
    head: Vec<Option<f64>>,
}

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    let defaults = &panel.field_config.defaults;
    let legend = match panel.option("/legend/displayMode") {
        Some("hidden") => 0.0,
        _ => legend::height(shown.series.len(), area.h * (1.0 - PLOT)),
    };
    let is_stacked = !matches!(&*defaults.custom.stacking.mode, "" | "none");
    let bands = bands(&shown.series, is_stacked);
    let heads = bands.iter().flat_map(|band| band.head.iter().flatten().copied());
    let found = heads.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), head| (low.min(head), high.max(head)));
    let height = area.h - legend - TIMES - 6.0;
    let axis = Axis::new(&style::unit(panel, ""), found, defaults.min, defaults.max, height);
    let plot = area.inset(axis.width(), 6.0, 8.0, legend + TIMES);
    axes::times(svg, plot, shown.window, true);
    axis.draw(svg, plot);
    let x = |point: usize| plot.x + plot.w * shown.window.share(shown.time(point));
    let are_bars = defaults.custom.draw_style == "bars";
    // What lies on top is drawn first where areas hide each other.
    for (number, band) in bands.iter().enumerate().rev() {
        let colour = style::of_series(panel, &band.series.name, number);
        let opacity = defaults.custom.fill_opacity / 100.0;
        if are_bars {
            let width = (plot.w / shown.window.points() as f64 * 0.8).max(1.0);
            svg.fill(&columns(band, &axis, plot, x, width), colour, opacity.max(0.3));
            continue;
        }
        for run in runs(&band.head) {
            let head = run.clone().filter_map(|point| Some((x(point), axis.y(plot, band.head[point]?))));
            if opacity > 0.0 && run.len() > 1 {
                let back = run.clone().rev().map(|point| (x(point), axis.y(plot, band.foot[point])));
                svg.fill(&(line(head.clone().chain(back)) + "z"), colour, opacity);
            }
            match run.len() {
                1 => dot(svg, x(run.start), axis.y(plot, band.head[run.start].unwrap_or_default()), colour),
                _ => svg.stroke(&line(head), colour, defaults.custom.line_width.unwrap_or(1.0).max(0.5) * 1.4),
            }
        }
    }
    if legend > 0.0 {
        let lines: Vec<_> = shown
            .series
            .iter()
            .enumerate()
            .map(|(number, series)| {
                let written = |value| style::written(panel, &series.name, value);
                let numbers = vec![written(series.last()), written(series.max())];
                (style::of_series(panel, &series.name, number), &*series.name, numbers)
            })
            .collect();
        let below = Area { y: area.bottom() - legend, h: legend, ..area };
        legend::table(svg, below, &["Last *", "Max"], &lines);
    }
}

fn bands(series: &[Series], is_stacked: bool) -> Vec<Band<'_>> {
    let points = series.iter().map(|series| series.values.len()).max().unwrap_or_default();
    let mut top = vec![0.0; points];
    let mut bands = Vec::with_capacity(series.len());
    for series in series {
        let values = &series.values;
        if !is_stacked {
            bands.push(Band { series, foot: vec![0.0; points], head: values.clone() });
            continue;
        }
        let foot = top.clone();
        let head: Vec<_> = values.iter().zip(&foot).map(|(value, foot)| value.map(|value| value + foot)).collect();
        for (top, head) in top.iter_mut().zip(&head) {
            *top = head.unwrap_or(*top);
        }
        bands.push(Band { series, foot, head });
    }
    bands
}

/// Where there is a number at each point without a gap.
fn runs(values: &[Option<f64>]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (point, _) in values.iter().enumerate().filter(|(_, value)| value.is_some()) {
        match runs.last_mut() {
            Some(run) if run.end == point => run.end += 1,
            _ => runs.push(point..point + 1),
        }
    }
    runs
}

/// A line through places, without those that lie on the way between their neighbours.
pub(crate) fn line(places: impl Iterator<Item = (f64, f64)>) -> String {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for place in places {
        if let [.., before, last] = &kept[..]
            && let (dx, dy) = (place.0 - before.0, place.1 - before.1)
            && ((last.0 - before.0) * dy - (last.1 - before.1) * dx).abs() < 0.2 * dx.hypot(dy)
        {
            kept.pop();
        }
        kept.push(place);
    }
    // Steps are shorter to write than places. They go from tenth to tenth of a pixel, so that nothing adds up.
    let mut path = String::new();
    let (mut x, mut y) = (0.0, 0.0);
    for (number, place) in kept.into_iter().enumerate() {
        let (to_x, to_y) = (tenths(place.0), tenths(place.1));
        let (dx, dy) = (Number(to_x - x), Number(to_y - y));
        let _ = write!(path, "{}{dx} {dy}", ["M", "l", " "][number.min(2)]);
        (x, y) = (to_x, to_y);
    }
    path
}

fn tenths(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

fn columns(band: &Band<'_>, axis: &Axis, plot: Area, x: impl Fn(usize) -> f64, width: f64) -> String {
    let mut path = String::new();
    for (point, head) in band.head.iter().enumerate() {
        let Some(head) = head else { continue };
        let (foot, head) = (axis.y(plot, band.foot[point]), axis.y(plot, *head));
        if foot - head > 0.05 {
            let (from, to) = ((x(point) - width / 2.0).max(plot.x), (x(point) + width / 2.0).min(plot.right()));
            let _ = write!(
                path,
                "M{} {}h{}v{}h-{}z",
                Number(from),
                Number(foot),
                Number(to - from),
                Number(head - foot),
                Number(to - from)
            );
        }
    }
    path
}

fn dot(svg: &mut Svg, x: f64, y: f64, colour: Colour) {
    let (x, y) = (Number(x), Number(y));
    svg.add(format_args!(r#"<circle cx="{x}" cy="{y}" r="2" fill="{colour}"/>"#));
}
