//! One number in large, with its course behind it.

use crate::area::Area;
use crate::colour::{Colour, TEXT};
use crate::dashboard::Panel;
use crate::panel::timeseries::line;
use crate::series::{Series, Shown};
use crate::style;
use crate::svg::{Font, Number, Svg};

/// No number is larger.
const LARGEST: f64 = 56.0;
/// What is lower has no room for a number before its course.
const LOW: f64 = 130.0;
/// What of the height the course has.
const COURSE: f64 = 0.35;

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    let parts: Vec<&Series> = shown.series.iter().filter(|series| series.last().is_some()).collect();
    let side_by_side = match panel.option("/orientation") {
        Some("horizontal") => false,
        Some("vertical") => true,
        _ => area.w > area.h || parts.len() < 3,
    };
    let with_name = match panel.option("/textMode") {
        Some("value_and_name" | "name") => true,
        Some("value" | "none") => false,
        _ => parts.len() > 1,
    };
    // One size for all, so that they can be compared.
    let places: Vec<Area> = area.split(parts.len(), side_by_side).collect();
    let texts: Vec<String> = parts.iter().map(|part| style::written(panel, &part.name, part.last())).collect();
    let fits = |text: &String, place: &Area| (place.w - 12.0) / Font::BODY.sized(1.0).width(text);
    let widest = texts.iter().zip(&places).map(|(text, place)| fits(text, place)).fold(LARGEST, f64::min);
    let size = places.iter().map(|place| place.h * 0.42).fold(widest, f64::min);
    for ((part, place), text) in parts.iter().zip(&places).zip(&texts) {
        let colour = style::colour(panel, part.last().unwrap_or_default());
        if panel.option("/graphMode") != Some("none") {
            course(svg, part, *place, colour);
        }
        // Above its course where that leaves little room.
        let is_low = place.h < LOW && part.values.len() > 1;
        let (x, y) = (place.middle().0, place.y + place.h * if is_low { 0.36 } else { 0.5 });
        let down = if with_name { 8.0 } else { 0.0 };
        if with_name {
            let font = Font::BODY.centred().coloured(TEXT);
            svg.text((x, y - size * 0.5), font, &font.cut(&part.name, place.w - 8.0));
        }
        svg.text((x, y + size * 0.35 + down), Font::TITLE.sized(size).centred().coloured(colour), text);
    }
}

fn course(svg: &mut Svg, part: &Series, place: Area, colour: Colour) {
    let values: Vec<(usize, f64)> =
        part.values.iter().enumerate().filter_map(|(point, value)| Some((point, (*value)?))).collect();
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (_, value)| (low.min(*value), high.max(*value)));
    if values.len() < 3 {
        return;
    }
    let width = (part.values.len() - 1) as f64;
    let height = place.h * COURSE;
    let share = |value: f64| if high > low { (value - low) / (high - low) } else { 0.5 };
    let place_of = |(point, value): &(usize, f64)| {
        (place.x + place.w * *point as f64 / width, place.bottom() - 2.0 - height * share(*value) * 0.9)
    };
    let path = line(values.iter().map(place_of));
    let ends = [values[0], values[values.len() - 1]].map(|value| place_of(&value).0);
    let (left, right) = (Number(ends[0]), Number(ends[1]));
    let foot = Number(place.bottom());
    svg.fill(&format!("{path}L{right} {foot}L{left} {foot}z"), colour, 0.15);
    svg.stroke(&path, colour, 1.0);
}
