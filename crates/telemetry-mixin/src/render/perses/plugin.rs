//! How each kind of panel is drawn, in the words of Perses' plugins.

use serde_json::{Map, Value, json};

use super::format::{color, format, label};
use crate::model::{Panel, Threshold, Viz};
use crate::promql::Problem;
use crate::render::grafana::{number, reads_buckets};
use crate::resolved::Target;

/// Where a table or a bar has its number from: the last one, whatever gaps come after it.
const LAST: &str = "last-number";

/// A plugin that draws the panel.
pub(super) fn plugin(panel: &Panel, targets: &[Target]) -> Result<Value, Problem> {
    let format = format(&panel.unit);
    Ok(match panel.viz {
        Viz::TimeSeries => lines(panel, "line", 0.1, false),
        Viz::StackedArea => lines(panel, "line", 0.6, true),
        Viz::StackedBars => lines(panel, "bar", 0.8, true),
        Viz::Stat => of("StatChart", json!({ "calculation": LAST, "format": format, "sparkline": {} }), |spec| {
            spec.extend(thresholds(panel));
        }),
        Viz::Gauge => of("GaugeChart", json!({ "calculation": LAST, "format": format }), |spec| {
            spec.extend(panel.max.map(|max| ("max".to_owned(), number(max))));
            spec.extend(thresholds(panel));
        }),
        Viz::BucketHeatmap if !bucketed(targets)? => {
            of("HeatMapChart", json!({ "yAxisFormat": format, "showVisualMap": true }), |_| {})
        }
        // A heat map of Perses is of one native histogram: the rest are lines, and lines of classic buckets add up.
        Viz::Heatmap | Viz::BucketHeatmap => lines(panel, "line", 0.1, false),
        // In the order of the bounds, as each bucket has those below in it.
        Viz::BucketBars => bars(&format, "asc"),
        // A histogram of Perses is a native one.
        Viz::Histogram | Viz::Bar => bars(&format, "desc"),
        Viz::Pie => of(
            "PieChart",
            json!({
                "calculation": LAST, "format": format, "sort": "desc", "mode": "value", "radius": 50,
                "legend": { "position": "right", "mode": "table", "values": ["abs", "relative"] },
            }),
            |_| {},
        ),
        Viz::Table => of("Table", table(&format, targets), |_| {}),
        Viz::EventTimeline => of("StatusHistoryChart", json!({}), |spec| {
            spec.extend((!panel.thresholds.is_empty()).then(|| ("mappings".to_owned(), ranges(&panel.thresholds))));
        }),
    })
}

fn of(kind: &str, spec: Value, more: impl FnOnce(&mut Map<String, Value>)) -> Value {
    let mut plugin = json!({ "kind": kind, "spec": spec });
    more(plugin["spec"].as_object_mut().expect("it was just made an object"));
    plugin
}

/// Whether a query has the buckets of a classic histogram.
fn bucketed(targets: &[Target]) -> Result<bool, Problem> {
    targets.iter().try_fold(false, |found, target| Ok(found || reads_buckets(&target.expression)?))
}

fn lines(panel: &Panel, display: &str, opacity: f64, stacked: bool) -> Value {
    let mut axis = Map::from_iter([("format".to_owned(), format(&panel.unit))]);
    axis.extend(label(&panel.unit).map(|label| ("label".to_owned(), json!(label))));
    axis.extend(panel.min.map(|min| ("min".to_owned(), number(min))));
    axis.extend(panel.max.map(|max| ("max".to_owned(), number(max))));
    let mut visual = json!({
        "display": display, "lineWidth": 1, "areaOpacity": opacity, "showPoints": "auto",
        // A gap stays a gap: no data must not look like a value.
        "connectNulls": false,
    });
    if stacked {
        visual["stack"] = json!("all");
    }
    json!({
        "kind": "TimeSeriesChart",
        "spec": {
            "legend": { "position": "bottom", "mode": "table", "values": [LAST, "max"] },
            "yAxis": axis,
            "visual": visual,
        },
    })
}

fn bars(format: &Value, sort: &str) -> Value {
    let spec = json!({ "calculation": LAST, "format": format, "sort": sort, "mode": "value" });
    json!({ "kind": "BarChart", "spec": spec })
}

/// Colours by value; the first holds below, too.
fn thresholds(panel: &Panel) -> Option<(String, Value)> {
    let (first, rest) = panel.thresholds.split_first()?;
    let step = |step: &Threshold| json!({ "value": number(step.from), "color": color(&step.color) });
    let steps: Vec<Value> = rest.iter().map(step).collect();
    let all = json!({ "mode": "absolute", "defaultColor": color(&first.color), "steps": steps });
    Some(("thresholds".to_owned(), all))
}

/// The same for a chart that has words in place of thresholds. The last range that a value is in counts, so a bound belongs
/// to what begins there.
fn ranges(thresholds: &[Threshold]) -> Value {
    let mut ranges = Vec::new();
    for (index, threshold) in thresholds.iter().enumerate() {
        let next = thresholds.get(index + 1).map(|next| number(next.from));
        let (from, word) = match (index, &next) {
            (0, Some(next)) => (None, format!("below {next}")),
            (0, None) => (None, "any".to_owned()),
            _ => (Some(number(threshold.from)), format!("from {}", number(threshold.from))),
        };
        let mut spec = Map::new();
        spec.extend(from.map(|from| ("from".to_owned(), from)));
        spec.extend(next.map(|to| ("to".to_owned(), to)));
        if spec.is_empty() {
            continue;
        }
        spec.insert("result".to_owned(), json!({ "value": word, "color": color(&threshold.color) }));
        ranges.push(json!({ "kind": "Range", "spec": spec }));
    }
    json!(ranges)
}

/// A table shows labels and the value, not the time of the evaluation. Of several queries it has one line for what has the
/// same labels, and a column for each query's value under the query's name; a query without one is there for its labels.
fn table(format: &Value, targets: &[Target]) -> Value {
    let hidden = |name: &str| json!({ "name": name, "hide": true });
    let mut columns = vec![hidden("timestamp")];
    if targets.len() < 2 {
        columns.push(json!({ "name": "value", "header": "Value", "format": format, "sort": "desc" }));
        return json!({ "density": "compact", "enableFiltering": true, "columnSettings": columns });
    }
    for (index, Target { query, .. }) in (1..).zip(targets) {
        let name = format!("value #{index}");
        // A legend of labels is no name: these have columns of their own.
        columns.push(if query.legend.is_empty() || query.legend.contains("{{") {
            hidden(&name)
        } else {
            json!({ "name": name, "header": query.legend, "format": format, "enableSorting": true })
        });
    }
    json!({
        "density": "compact",
        "enableFiltering": true,
        "columnSettings": columns,
        "transforms": [{ "kind": "MergeSeries", "spec": {} }],
    })
}
