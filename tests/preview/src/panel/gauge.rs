//! Numbers on arcs, with the thresholds around them.

use crate::area::Area;
use crate::colour::{Colour, TRACK};
use crate::dashboard::Panel;
use crate::series::{Series, Shown};
use crate::style;
use crate::svg::{Font, Number, Svg};

/// From where to where an arc goes, clockwise from the top, in degrees.
const ARC: (f64, f64) = (-115.0, 115.0);

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    let parts: Vec<&Series> = shown.series.iter().filter(|series| series.last().is_some()).collect();
    let defaults = &panel.field_config.defaults;
    let low = defaults.min.unwrap_or(0.0);
    // Without a maximum the largest number fills its arc, as in Grafana.
    let largest = parts.iter().filter_map(|part| part.max()).fold(low, f64::max);
    let high = defaults.max.unwrap_or(if largest > low { largest } else { low + 1.0 });
    let share = |value: f64| ((value - low) / (high - low)).clamp(0.0, 1.0);
    for (part, place) in parts.iter().zip(area.split(parts.len(), area.w > area.h * 0.8)) {
        let value = part.last().unwrap_or_default();
        let name = if parts.len() > 1 { 18.0 } else { 0.0 };
        let radius = (place.w / 2.0 - 8.0).min((place.h - name) / 1.5 - 4.0).max(10.0);
        let thick = radius * 0.2;
        let centre = (place.middle().0, place.y + name + (place.h - name - radius * 1.4) / 2.0 + radius);
        let degree = |value: f64| ARC.0 + (ARC.1 - ARC.0) * share(value);
        arc(svg, centre, radius - thick / 2.0 - 5.0, thick, ARC, TRACK);
        arc(svg, centre, radius - thick / 2.0 - 5.0, thick, (ARC.0, degree(value)), style::colour(panel, value));
        let steps = &defaults.thresholds.steps;
        for (number, step) in steps.iter().enumerate() {
            let from = step.value.unwrap_or(low);
            let to = steps.get(number + 1).and_then(|next| next.value).unwrap_or(high);
            arc(svg, centre, radius - 1.5, 3.0, (degree(from), degree(to)), Colour::named(&step.color));
        }
        let text = style::written(panel, &part.name, Some(value));
        let size = (radius * 0.42).min(radius * 1.2 / Font::BODY.sized(1.0).width(&text));
        let font = Font::TITLE.sized(size).centred().coloured(style::colour(panel, value));
        svg.text((centre.0, centre.1 + size * 0.25), font, &text);
        if parts.len() > 1 {
            let font = Font::BODY.centred();
            svg.text((centre.0, place.y + 14.0), font, &font.cut(&part.name, place.w - 8.0));
        }
    }
}

fn arc(svg: &mut Svg, centre: (f64, f64), radius: f64, thick: f64, (from, to): (f64, f64), colour: Colour) {
    if to - from < 0.5 {
        return;
    }
    let at = |degree: f64| {
        let angle = degree.to_radians();
        (Number(centre.0 + radius * angle.sin()), Number(centre.1 - radius * angle.cos()))
    };
    let ((x, y), (to_x, to_y)) = (at(from), at(to));
    let is_large = i32::from(to - from > 180.0);
    let radius = Number(radius);
    svg.stroke(&format!("M{x} {y}A{radius} {radius} 0 {is_large} 1 {to_x} {to_y}"), colour, thick);
}
