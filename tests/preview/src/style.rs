//! How a panel writes and colours its numbers.

use crate::colour::Colour;
use crate::dashboard::{Mapping, Panel, Step};
use crate::unit::Unit;

/// The unit of a panel's field.
pub(crate) fn unit(panel: &Panel, field: &str) -> Unit {
    let overridden = panel.overridden(field, "unit").and_then(|unit| unit.as_str());
    Unit::named(overridden.unwrap_or(&panel.field_config.defaults.unit))
}

/// A number as the panel writes it: a word where it has one for it.
pub(crate) fn written(panel: &Panel, field: &str, value: Option<f64>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    let word = panel.field_config.defaults.mappings.iter().find_map(|mapping| word(mapping, value));
    word.map_or_else(|| unit(panel, field).format(value), |(text, _)| text)
}

/// The colour of a number by the panel's thresholds.
pub(crate) fn colour(panel: &Panel, value: f64) -> Colour {
    let defaults = &panel.field_config.defaults;
    if let Some((_, Some(colour))) = defaults.mappings.iter().find_map(|mapping| word(mapping, value)) {
        return colour;
    }
    let reached = |step: &&Step| step.value.is_none_or(|from| value >= from);
    let step = defaults.thresholds.steps.iter().rev().find(reached);
    step.map_or_else(|| Colour::named("green"), |step| Colour::named(&step.color))
}

/// The colour of a series: what an override fixes, or the palette's.
pub(crate) fn of_series(panel: &Panel, name: &str, number: usize) -> Colour {
    let fixed = panel.overridden(name, "color").and_then(|colour| colour.get("fixedColor")?.as_str());
    fixed.map_or_else(|| Colour::of_series(number), Colour::named)
}

/// The text of a mapping for a value, and its colour.
fn word(mapping: &Mapping, value: f64) -> Option<(String, Option<Colour>)> {
    let options = match &*mapping.kind {
        "value" => mapping.options.get(format!("{value}"))?,
        "range" => {
            let bound = |name: &str, open: f64| mapping.options.get(name).and_then(|to| to.as_f64()).unwrap_or(open);
            let holds = (bound("from", f64::NEG_INFINITY)..=bound("to", f64::INFINITY)).contains(&value);
            mapping.options.get("result").filter(|_| holds)?
        }
        _ => return None,
    };
    let colour = options.get("color").and_then(|colour| colour.as_str()).map(Colour::named);
    Some((options.get("text")?.as_str()?.to_owned(), colour))
}
