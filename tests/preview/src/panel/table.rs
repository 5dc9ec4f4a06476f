//! Rows of labels and numbers.

use std::collections::BTreeMap;

use crate::area::Area;
use crate::colour::{BORDER, Colour, FAINT};
use crate::dashboard::{Panel, words};
use crate::series::{Labels, Series, Shown};
use crate::style;
use crate::svg::{Font, Svg};

/// How high a row is.
const ROW: f64 = 24.0;

/// A column: its name, its texts, and whether they are numbers.
struct Column {
    name: String,
    texts: Vec<String>,
    are_numbers: bool,
}

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    let columns = columns(panel, &shown.series);
    let rows = columns.first().map_or(0, |column| column.texts.len());
    let fit = (area.h / ROW).floor().max(2.0) as usize - 1;
    let drawn = if rows <= fit { rows } else { fit - 1 };
    let font = Font::BODY;
    let wanted = |column: &Column| {
        let texts = column.texts.iter().take(drawn).chain([&column.name]);
        texts.map(|text| font.width(text)).fold(40.0, f64::max) + 16.0
    };
    // What is left over, or missing, is shared.
    let wanted: Vec<f64> = columns.iter().map(wanted).collect();
    let scale = area.w / wanted.iter().sum::<f64>().max(1.0);
    let mut x = area.x;
    for (column, wanted) in columns.iter().zip(&wanted) {
        let width = wanted * scale;
        // The ends of numbers stand below each other.
        let (at, font) = if column.are_numbers { (x + width - 8.0, font.at_end()) } else { (x + 8.0, font) };
        let head = font.coloured(Colour::named("light-blue"));
        svg.text((at, area.y + 15.0), head, &head.cut(&column.name, width - 14.0));
        for (row, text) in column.texts.iter().take(drawn).enumerate() {
            let foot = area.y + ROW * (row + 1) as f64 + 16.0;
            svg.text((at, foot), font, &font.cut(text, width - 14.0));
        }
        x += width;
    }
    for row in 1..=drawn {
        let y = area.y + ROW * row as f64;
        svg.line((area.x, y), (area.right(), y), BORDER);
    }
    if drawn < rows {
        let rest = format!("and {} more", rows - drawn);
        svg.text((area.x + 8.0, area.y + ROW * (drawn + 1) as f64 + 16.0), font.coloured(FAINT), &rest);
    }
}

/// The columns as the panel's transformations make them of the answers.
fn columns(panel: &Panel, series: &[Series]) -> Vec<Column> {
    let queries: Vec<&str> = {
        let mut queries: Vec<&str> = series.iter().map(|series| &*series.query).collect();
        queries.dedup();
        queries
    };
    let is_merged = panel.transformations.iter().any(|transformation| transformation.id == "merge");
    // Without that a table shows one answer.
    let queries = if is_merged { &queries[..] } else { &queries[..queries.len().min(1)] };
    let rows = merged(series, queries);
    let mut labels: Vec<&String> = rows.iter().flat_map(|(labels, _)| labels.keys()).collect();
    labels.sort_unstable();
    labels.dedup();
    labels.retain(|label| *label != "__name__");
    let mut columns: Vec<Column> = labels
        .iter()
        .map(|label| Column {
            name: (*label).clone(),
            texts: rows.iter().map(|(labels, _)| labels.get(*label).cloned().unwrap_or_default()).collect(),
            are_numbers: false,
        })
        .collect();
    for query in queries {
        let name = if queries.len() > 1 { format!("Value #{query}") } else { "Value".to_owned() };
        let texts = rows.iter().map(|(_, values)| match values.get(query) {
            Some(value) => style::written(panel, &name, Some(*value)),
            None => String::new(),
        });
        columns.push(Column { texts: texts.collect(), name, are_numbers: true });
    }
    for organize in panel.transformations.iter().filter(|transformation| transformation.id == "organize") {
        let left_out = organize.options.get("excludeByName");
        columns.retain(|column| left_out.and_then(|names| names.get(&column.name)?.as_bool()) != Some(true));
        if let Some(order) = organize.options.get("indexByName") {
            columns.sort_by_key(|column| order.get(&column.name).and_then(|place| place.as_u64()).unwrap_or(u64::MAX));
        }
        let names = words(&organize.options, "renameByName");
        for column in &mut columns {
            if let Some(name) = names.get(&column.name).filter(|name| !name.is_empty()) {
                column.name = name.clone();
            }
        }
    }
    columns
}

/// Numbers of several queries beside each other where their labels agree, as far as both have them.
fn merged<'a>(series: &'a [Series], queries: &[&'a str]) -> Vec<(Labels, BTreeMap<&'a str, f64>)> {
    let mut rows: Vec<(Labels, BTreeMap<&str, f64>)> = Vec::new();
    for part in series.iter().filter(|part| queries.contains(&&*part.query)) {
        let Some(value) = part.last() else { continue };
        let agrees =
            |labels: &Labels| part.labels.iter().all(|(name, value)| labels.get(name).is_none_or(|own| own == value));
        let row = rows.iter_mut().find(|(labels, values)| agrees(labels) && !values.contains_key(&*part.query));
        match row {
            Some((labels, values)) => {
                labels.extend(part.labels.clone());
                values.insert(&part.query, value);
            }
            None => rows.push((part.labels.clone(), BTreeMap::from([(&*part.query, value)]))),
        }
    }
    rows
}
