//! Units and colours in Perses' words.

use serde_json::{Value, json};

use crate::model::Unit;

/// How values are written: the unit, and thousands in short.
pub(super) fn format(unit: &Unit) -> Value {
    let unit = word(unit);
    // Only such units take it.
    let is_shortened = unit == "decimal" || unit.contains("bytes") || unit.contains("bits") || unit.ends_with("/sec");
    if is_shortened { json!({ "unit": unit, "shortValues": true }) } else { json!({ "unit": unit }) }
}

fn word(unit: &Unit) -> &'static str {
    match unit {
        Unit::Short => "decimal",
        Unit::Seconds => "seconds",
        Unit::Bytes => "bytes",
        Unit::Ratio => "percent-decimal",
        Unit::Usd => "usd",
        Unit::RequestsPerSecond => "requests/sec",
        Unit::PerSecond(things) => match &**things {
            "events" => "events/sec",
            "messages" => "messages/sec",
            "operations" => "ops/sec",
            "packets" => "packets/sec",
            "reads" => "reads/sec",
            "records" => "records/sec",
            "rows" => "rows/sec",
            "writes" => "writes/sec",
            _ => "counts/sec",
        },
        Unit::Grafana(id) => match &**id {
            "ms" => "milliseconds",
            "m" => "minutes",
            "h" => "hours",
            "d" => "days",
            "percent" => "percent",
            "decbytes" => "decbytes",
            "bits" => "bits",
            "decbits" => "decbits",
            "binBps" => "bytes/sec",
            "Bps" => "decbytes/sec",
            "binbps" => "bits/sec",
            "bps" => "decbits/sec",
            "cps" => "counts/sec",
            "ops" => "ops/sec",
            "reqps" => "requests/sec",
            "currencyEUR" => "eur",
            "currencyGBP" => "gbp",
            "celsius" => "celsius",
            _ => "decimal",
        },
    }
}

/// What an axis is labelled with where the unit alone does not say what is counted.
pub(super) fn label(unit: &Unit) -> Option<String> {
    match unit {
        Unit::PerSecond(things) if word(unit) == "counts/sec" => Some(format!("{things}/s")),
        _ => None,
    }
}

/// One of Grafana's colours by its number; what is none of its names is a number already.
pub(super) fn color(name: &str) -> &str {
    match name {
        "green" => "#73bf69",
        "yellow" => "#fade2a",
        "orange" => "#ff9830",
        "red" => "#f2495c",
        "blue" => "#5794f2",
        "purple" => "#b877d9",
        "text" | "gray" | "grey" => "#8e8e8e",
        other => other,
    }
}
