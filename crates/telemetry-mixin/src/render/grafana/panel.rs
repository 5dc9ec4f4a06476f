//! A panel as Grafana's JSON: queries, links, thresholds.

use serde_json::{Map, Value, json};

use super::options::{options, type_of};
use super::variables::{Choice, DATASOURCE};
use super::{instance, links};
use crate::model::{Panel, Viz};
use crate::promql::{Expression, Problem, folded};
use crate::resolved::{BoardPanel, Target};
use crate::settings::GeneratorSettings;

/// The legend of a histogram's bucket: the bound that it ends at.
const BOUND: &str = "{{le}}";

pub(in crate::render) struct Context<'a> {
    pub(in crate::render) settings: &'a GeneratorSettings,
    pub(in crate::render) choice: Choice<'a>,
}

pub(super) fn row(id: u32, title: &str, top: u32) -> Value {
    json!({
        "id": id,
        "type": "row",
        "title": title,
        "collapsed": false,
        "gridPos": { "h": 1, "w": 24, "x": 0, "y": top },
        "panels": [],
    })
}

/// The panel, or the expression that cannot be shown, and why.
pub(super) fn panel(
    id: u32,
    BoardPanel { panel, targets }: &BoardPanel,
    (left, top): (u8, u32),
    context: &Context<'_>,
) -> Result<Value, (String, Problem)> {
    let asked = targets.iter().enumerate().map(|(index, shown)| {
        target(index, shown, panel.viz, context).map_err(|problem| (shown.expression.text().to_owned(), problem))
    });
    let asked = asked.collect::<Result<Vec<Value>, _>>()?;
    let of_series = links::of_series(&kept_by_all(targets, context), context.settings);
    let mut rendered = json!({
        "id": id,
        "type": type_of(panel.viz),
        "title": panel.title,
        "description": panel.description,
        "datasource": { "type": "prometheus", "uid": DATASOURCE },
        "gridPos": { "h": panel.height, "w": panel.width, "x": left, "y": top },
        "links": runbooks(panel, context),
        "targets": asked,
        "fieldConfig": { "defaults": defaults(panel, targets, of_series), "overrides": [] },
        "options": options(panel, targets.len()),
        "transformations": transformations(panel.viz, targets, context.settings.instance()),
    });
    if let Some(range) = &panel.range {
        rendered["timeFrom"] = json!(range);
    }
    Ok(rendered)
}

/// The labels that every series of every query has.
fn kept_by_all(targets: &[Target], context: &Context<'_>) -> Vec<String> {
    let mut kept = targets.iter().map(|target| context.choice.labels_of(&target.expression));
    let mut labels = kept.next().unwrap_or_default();
    for other in kept {
        labels.retain(|label| other.contains(label));
    }
    labels
}

fn target(index: usize, shown: &Target, viz: Viz, context: &Context<'_>) -> Result<Value, Problem> {
    let Asked { expression, legend } = asked(shown, viz, context)?;
    let legend = match viz {
        // Grafana puts a histogram's series in the order of their names, as far as these are numbers.
        Viz::BucketBars => BOUND,
        // A table shows the labels in columns.
        Viz::Table => "",
        _ => legend.as_str(),
    };
    let instant = shown.query.instant || matches!(viz, Viz::Table | Viz::Bar | Viz::Pie | Viz::BucketBars);
    let format = match viz {
        Viz::Table => "table",
        Viz::BucketHeatmap | Viz::BucketBars => "heatmap",
        _ => "time_series",
    };
    Ok(json!({
        "refId": ref_id(index),
        "datasource": { "type": "prometheus", "uid": DATASOURCE },
        "expr": expression,
        "legendFormat": if legend.is_empty() { "__auto" } else { legend },
        "editorMode": "code",
        "format": format,
        "instant": instant,
        "range": !instant,
        // A histogram's buckets carry them, and only a panel over time can show them.
        "exemplar": !instant && format != "table" && reads_histogram(&shown.expression, context)?,
    }))
}

/// A query as a panel asks it: narrowed to what is chosen, instances under their hosts' names, many lines folded.
pub(in crate::render) struct Asked {
    pub(in crate::render) expression: String,
    /// Empty where nothing is said of how series are named.
    pub(in crate::render) legend: String,
}

pub(in crate::render) fn asked(
    Target { query, expression }: &Target,
    viz: Viz,
    context: &Context<'_>,
) -> Result<Asked, Problem> {
    let named = instance::named(expression.text(), &query.legend, context.settings);
    let (shown, legend) = match (named, is_of_lines(viz)) {
        (Some((text, legend)), _) => (Some(text), legend),
        (None, true) => {
            let is_free = |metric: &str, label: &str| context.choice.is_free_text(metric, label);
            (folded(expression, is_free), query.legend.clone())
        }
        (None, false) => (None, query.legend.clone()),
    };
    let shown = shown.map(Expression::new);
    let narrowed = shown.as_ref().unwrap_or(expression).narrowed(|metric| context.choice.of_panel(metric))?;
    Ok(Asked { expression: narrowed, legend })
}

/// Whether the greatest of many series tell the most.
fn is_of_lines(viz: Viz) -> bool {
    matches!(viz, Viz::TimeSeries | Viz::StackedArea | Viz::StackedBars | Viz::Bar | Viz::Pie)
}

/// Whether the buckets of a histogram are read as applications export them: what rules record has no exemplars.
pub(in crate::render) fn reads_buckets(expression: &Expression) -> Result<bool, Problem> {
    Ok(expression.metric_names()?.iter().any(|name| name.ends_with("_bucket") && !name.contains(':')))
}

/// The same of a histogram that is read in either form.
fn reads_histogram(expression: &Expression, context: &Context<'_>) -> Result<bool, Problem> {
    let is_native = |name: &String| context.choice.is_native_histogram(name);
    Ok(reads_buckets(expression)? || expression.metric_names()?.iter().any(is_native))
}

/// A, B, … Z, AA, AB, …
fn ref_id(index: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(index % 26).expect("a remainder of 26 fits a byte"));
    if index < 26 { letter.to_string() } else { format!("{}{letter}", ref_id(index / 26 - 1)) }
}

fn runbooks(panel: &Panel, context: &Context<'_>) -> Vec<Value> {
    let link = |alert: &String| {
        json!({
            "title": format!("Runbook: {alert}"),
            "url": context.settings.runbook_url(alert),
            "targetBlank": true,
        })
    };
    panel.alerts.iter().map(link).collect()
}

fn defaults(panel: &Panel, targets: &[Target], links: Vec<Value>) -> Value {
    let mut defaults = json!({
        "unit": panel.unit.id(),
        "color": { "mode": color_mode(panel) },
        "custom": custom(panel.viz),
        "mappings": [],
        "links": links,
        "thresholds": { "mode": "absolute", "steps": steps(panel) },
    });
    if panel.viz == Viz::BucketBars
        && let Some(Target { query, .. }) = targets.first()
    {
        defaults["displayName"] = json!(query.legend.replace(BOUND, "${__field.labels.le}"));
    }
    if let Some(min) = panel.min {
        defaults["min"] = number(min);
    }
    if let Some(max) = panel.max {
        defaults["max"] = number(max);
    }
    defaults
}

fn color_mode(panel: &Panel) -> &'static str {
    let by_value = matches!(panel.viz, Viz::Stat | Viz::Gauge | Viz::Bar | Viz::BucketBars | Viz::EventTimeline);
    if by_value { "thresholds" } else { "palette-classic" }
}

/// Grafana wants the first step without a value: it holds from the bottom.
fn steps(panel: &Panel) -> Vec<Value> {
    if panel.thresholds.is_empty() {
        return vec![json!({ "color": "green", "value": null })];
    }
    let step = |(index, threshold): (usize, &crate::model::Threshold)| {
        let value = if index == 0 { Value::Null } else { number(threshold.from) };
        json!({ "color": threshold.color, "value": value })
    };
    panel.thresholds.iter().enumerate().map(step).collect()
}

fn custom(viz: Viz) -> Value {
    let lines = |style: &str, fill: u8, stacking: &str| {
        json!({
            "drawStyle": style,
            "lineWidth": 1,
            "fillOpacity": fill,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "auto",
            "pointSize": 4,
            // A gap stays a gap: no data must not look like a value.
            "spanNulls": false,
            "stacking": { "mode": stacking, "group": "A" },
            "axisPlacement": "auto",
            "scaleDistribution": { "type": "linear" },
            "hideFrom": { "legend": false, "tooltip": false, "viz": false },
            "thresholdsStyle": { "mode": "off" },
        })
    };
    match viz {
        Viz::TimeSeries => lines("line", 10, "none"),
        Viz::StackedArea => lines("line", 60, "normal"),
        Viz::StackedBars => lines("bars", 80, "normal"),
        Viz::Table => json!({ "align": "auto", "cellOptions": { "type": "auto" }, "filterable": true }),
        Viz::EventTimeline => json!({ "fillOpacity": 70, "lineWidth": 0 }),
        Viz::Histogram => json!({ "fillOpacity": 80, "lineWidth": 1 }),
        Viz::Heatmap | Viz::BucketHeatmap => json!({ "scaleDistribution": { "type": "linear" } }),
        Viz::Stat | Viz::Gauge | Viz::Bar | Viz::BucketBars | Viz::Pie => json!({}),
    }
}

/// A table shows labels and the value, not the time of the evaluation. Of several queries it has one line for what has the
/// same labels, and a column for each query's value under the query's name; a query without one is there for its labels. Where
/// one is named by its instance, that is shown under its host's name.
fn transformations(viz: Viz, targets: &[Target], instance: &str) -> Vec<Value> {
    if viz != Viz::Table {
        return Vec::new();
    }
    let mut hidden = Map::from_iter([("Time".to_owned(), json!(true))]);
    let shown = format!("{{{{{instance}}}}}");
    if targets.iter().any(|target| target.query.legend.contains(&shown)) {
        hidden.insert(instance.to_owned(), json!(true));
    }
    if targets.len() < 2 {
        return vec![json!({ "id": "organize", "options": { "excludeByName": hidden } })];
    }
    let mut names = Map::new();
    for (index, Target { query, .. }) in targets.iter().enumerate() {
        let column = format!("Value #{}", ref_id(index));
        // A legend of labels is no name: these have columns of their own.
        if query.legend.is_empty() || query.legend.contains("{{") {
            hidden.insert(column, json!(true));
        } else {
            names.insert(column, json!(query.legend));
        }
    }
    let organize = json!({ "id": "organize", "options": { "excludeByName": hidden, "renameByName": names } });
    vec![json!({ "id": "merge", "options": {} }), organize]
}

/// A whole number without its decimal point.
pub(crate) fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "the value is whole and far below the bounds of i64")]
    if value.fract() == 0.0 && value.abs() < 1e15 { json!(value as i64) } else { json!(value) }
}
