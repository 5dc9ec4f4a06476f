//! Bars that lie below each other, one a series, with names and numbers beside them.

use crate::area::Area;
use crate::colour::{FAINT, TRACK};
use crate::dashboard::Panel;
use crate::series::{Series, Shown};
use crate::style;
use crate::svg::{Font, Svg};
use crate::unit::Unit;

/// How low a bar may become, with what is free around it.
const LOWEST: f64 = 19.0;

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    let parts: Vec<&Series> = shown.series.iter().filter(|series| series.last().is_some()).collect();
    let fit = (area.h / LOWEST).floor().max(2.0) as usize;
    let drawn = if parts.len() <= fit { parts.len() } else { fit - 1 };
    let defaults = &panel.field_config.defaults;
    let low = defaults.min.unwrap_or(0.0);
    let high = defaults.max.unwrap_or_else(|| parts.iter().filter_map(|part| part.last()).fold(low, f64::max));
    let names: Vec<String> = parts.iter().map(|part| name(panel, part)).collect();
    let font = Font::BODY.sized(11.0);
    let left = names.iter().map(|name| font.width(name) + 12.0).fold(30.0, f64::max).min(area.w * 0.4);
    let texts: Vec<String> = parts.iter().map(|part| style::written(panel, &part.name, part.last())).collect();
    let right = texts.iter().map(|text| font.width(text) + 12.0).fold(30.0, f64::max).min(area.w * 0.35);
    let rows = if drawn < parts.len() { drawn + 1 } else { drawn };
    for (number, place) in area.split(rows, false).enumerate().take(drawn) {
        let value = parts[number].last().unwrap_or_default();
        let height = (place.h - 5.0).min(34.0);
        let bar = Area { x: place.x + left, y: place.middle().1 - height / 2.0, w: place.w - left - right, h: height };
        let foot = place.middle().1 + 4.0;
        svg.text((bar.x - 8.0, foot), font.at_end(), &font.cut(&names[number], left - 12.0));
        svg.rect(bar, TRACK, 2.0);
        let share = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 };
        let colour = style::colour(panel, value);
        if share > 0.0 {
            let filled = Area { w: (bar.w * share).max(2.0), ..bar };
            svg.shade(filled, colour, 0.55);
            svg.rect(Area { x: filled.right() - 2.0, w: 2.0, ..filled }, colour, 0.0);
        }
        svg.text((bar.right() + 8.0, foot), font.coloured(colour), &font.cut(&texts[number], right - 10.0));
    }
    if drawn < parts.len() {
        let rest = format!("and {} more", parts.len() - drawn);
        svg.text((area.x + left, area.bottom() - 4.0), font.coloured(FAINT), &rest);
    }
}

/// A bucket is called by its bound, as the panel has it or else in the panel's unit.
fn name(panel: &Panel, part: &Series) -> String {
    match (part.labels.get("le"), &panel.field_config.defaults.display_name) {
        (Some(le), Some(name)) => name.replace("${__field.labels.le}", le),
        (Some(le), None) if *le == part.name => bucket(&style::unit(panel, ""), le),
        _ => part.name.clone(),
    }
}

/// A bucket's bound as a person reads it.
pub(crate) fn bucket(unit: &Unit, le: &str) -> String {
    match le.parse::<f64>() {
        Ok(bound) if bound.is_finite() => format!("≤ {}", unit.format(bound)),
        _ => "more".to_owned(),
    }
}
