//! What a series is called, and the tables that say so below a panel.

use crate::area::Area;
use crate::colour::{Colour, FAINT};
use crate::series::Series;
use crate::svg::{Font, Svg};

/// How high a line of a legend is.
const LINE: f64 = 17.0;
/// How wide a column of numbers is at least, and what is free beside each.
const NUMBER: f64 = 60.0;
const FREE: f64 = 14.0;

/// Names the series of one query by its format, or by what tells them apart.
pub(crate) fn name(series: &mut [Series], format: &str, otherwise: &str) {
    let own = |series: &Series, label: &str| series.labels.get(label).cloned().unwrap_or_default();
    let mut labels: Vec<&String> = series.iter().flat_map(|series| series.labels.keys()).collect();
    labels.sort_unstable();
    labels.dedup();
    let parts = &*series;
    // One alone is told by all that it has.
    let tells = |label: &str| match parts {
        [_] => true,
        several => several.iter().any(|other| own(other, label) != own(&several[0], label)),
    };
    labels.retain(|label| *label != "__name__" && tells(label));
    let names: Vec<String> = series
        .iter()
        .map(|series| {
            let by_format = if format == "__auto" { String::new() } else { filled(format, series) };
            let by_labels = || labels.iter().map(|label| own(series, label)).collect::<Vec<_>>().join(" ");
            let name = if by_format.trim().is_empty() { by_labels() } else { by_format };
            if name.trim().is_empty() { otherwise.to_owned() } else { name.trim().to_owned() }
        })
        .collect();
    for (series, name) in series.iter_mut().zip(names) {
        series.name = name;
    }
}

/// `{{label}}` and the text between.
fn filled(format: &str, series: &Series) -> String {
    let mut filled = String::new();
    let mut rest = format;
    while let Some((before, (label, after))) =
        rest.split_once("{{").and_then(|(before, inside)| Some((before, inside.split_once("}}")?)))
    {
        filled.push_str(before);
        filled.push_str(series.labels.get(label.trim()).map_or("", |value| value));
        rest = after;
    }
    filled + rest
}

/// How high a legend of so many lines is, where there is that much room for it.
pub(crate) fn height(lines: usize, room: f64) -> f64 {
    let fit = (room / LINE).floor().max(2.0);
    ((lines + 1) as f64).min(fit) * LINE
}

/// A table of names and numbers, with the colour of each.
pub(crate) fn table(svg: &mut Svg, area: Area, heads: &[&str], lines: &[(Colour, &str, Vec<String>)]) {
    let fit = (area.h / LINE).floor() as usize;
    let mut foot = area.y + 12.0;
    let font = Font::SMALL;
    let written = lines.iter().flat_map(|(_, _, numbers)| numbers).map(|number| font.width(number) + FREE);
    let each = written.fold(NUMBER, f64::max).min(area.w / (heads.len() + 1) as f64);
    let right = |column: usize| area.right() - 4.0 - each * (heads.len() - 1 - column) as f64;
    svg.text((area.x, foot), font.sized(10.0), "Name");
    for (column, head) in heads.iter().enumerate() {
        svg.text((right(column), foot), font.at_end().sized(10.0), head);
    }
    let shown = if lines.len() < fit { lines.len() } else { fit.saturating_sub(2) };
    for (colour, name, numbers) in &lines[..shown] {
        foot += LINE;
        svg.rect(Area { x: area.x, y: foot - 5.0, w: 14.0, h: 4.0 }, *colour, 2.0);
        let width = area.w - 24.0 - each * heads.len() as f64;
        svg.cut_text((area.x + 20.0, foot), width, Font::BODY.sized(11.0), name);
        for (column, number) in numbers.iter().enumerate() {
            svg.cut_text((right(column), foot), each - 4.0, Font::BODY.sized(11.0).at_end(), number);
        }
    }
    if shown < lines.len() {
        let rest = format!("and {} more", lines.len() - shown);
        svg.text((area.x + 20.0, foot + LINE), font.coloured(FAINT), &rest);
    }
}
