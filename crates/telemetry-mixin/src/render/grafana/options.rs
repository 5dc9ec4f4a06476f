//! How each kind of panel is drawn, in Grafana's words.

use serde_json::{Value, json};

use crate::model::{Panel, Viz};

/// Grafana's name of the panel that draws it.
pub(super) fn type_of(viz: Viz) -> &'static str {
    match viz {
        Viz::TimeSeries | Viz::StackedArea | Viz::StackedBars => "timeseries",
        Viz::Stat => "stat",
        Viz::Gauge => "gauge",
        Viz::Heatmap | Viz::BucketHeatmap => "heatmap",
        Viz::Histogram => "histogram",
        Viz::Bar | Viz::BucketBars => "bargauge",
        Viz::Pie => "piechart",
        Viz::Table => "table",
        Viz::EventTimeline => "state-timeline",
    }
}

pub(super) fn options(panel: &Panel, queries: usize) -> Value {
    let last = json!({ "calcs": ["lastNotNull"], "fields": "", "values": false });
    let legend = json!({
        "showLegend": true, "displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"],
    });
    match panel.viz {
        Viz::TimeSeries | Viz::StackedArea | Viz::StackedBars => {
            json!({ "legend": legend, "tooltip": { "mode": "multi", "sort": "desc" } })
        }
        Viz::Stat => json!({
            "reduceOptions": last, "graphMode": "area", "colorMode": "value", "justifyMode": "auto",
            "orientation": "auto", "textMode": "auto",
        }),
        Viz::Gauge => json!({
            "reduceOptions": last, "orientation": "auto", "showThresholdLabels": false, "showThresholdMarkers": true,
        }),
        Viz::Heatmap | Viz::BucketHeatmap => json!({
            "calculate": false,
            "color": {
                "mode": "scheme", "scheme": "Oranges", "fill": "dark-orange", "scale": "exponential",
                "exponent": 0.5, "steps": 64, "reverse": false,
            },
            "cellGap": 1,
            "cellValues": { "unit": cell_unit(panel) },
            "yAxis": { "axisPlacement": "left", "reverse": false, "unit": axis_unit(panel) },
            "rowsFrame": { "layout": "auto" },
            "filterValues": { "le": 1e-9 },
            "showValue": "never",
            "legend": { "show": true },
            "tooltip": { "show": true, "yHistogram": false },
            "exemplars": { "color": "rgba(255,0,255,0.7)" },
        }),
        Viz::Histogram => json!({
            "combine": true, "legend": { "showLegend": false, "displayMode": "list", "placement": "bottom", "calcs": [] },
            "tooltip": { "mode": "multi", "sort": "none" },
        }),
        Viz::Bar | Viz::BucketBars => json!({
            "reduceOptions": last, "orientation": "horizontal", "displayMode": "gradient", "valueMode": "color",
            "showUnfilled": true, "minVizHeight": 10, "minVizWidth": 0,
        }),
        Viz::Pie => json!({
            "reduceOptions": last, "pieType": "donut", "displayLabels": ["percent"],
            "legend": { "showLegend": true, "displayMode": "table", "placement": "right", "values": ["value", "percent"] },
            "tooltip": { "mode": "single", "sort": "none" },
        }),
        Viz::Table => json!({
            "showHeader": true, "cellHeight": "sm", "footer": { "show": false, "reducer": ["sum"], "countRows": false },
            "sortBy": sorted_by(queries),
        }),
        Viz::EventTimeline => json!({
            "mergeValues": true, "showValue": "never", "alignValue": "left", "rowHeight": 0.9,
            "legend": { "showLegend": false, "displayMode": "list", "placement": "bottom", "calcs": [] },
            "tooltip": { "mode": "single", "sort": "none" },
        }),
    }
}

/// A table of one query is in the order of its values; one of several has columns, by which whoever reads it sorts.
fn sorted_by(queries: usize) -> Value {
    if queries > 1 { json!([]) } else { json!([{ "displayName": "Value", "desc": true }]) }
}

/// In a histogram's heatmap the axis has the panel's unit and a cell is a rate; elsewhere a cell is the value.
fn axis_unit(panel: &Panel) -> String {
    if panel.viz == Viz::BucketHeatmap { panel.unit.id().into_owned() } else { "short".to_owned() }
}

fn cell_unit(panel: &Panel) -> String {
    if panel.viz == Viz::BucketHeatmap { "short".to_owned() } else { panel.unit.id().into_owned() }
}
