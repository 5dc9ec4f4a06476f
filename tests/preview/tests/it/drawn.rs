//! What a picture shows.

use serde_json::json;
use telemetry_preview::{Picture, State};

use crate::prometheus::{answer, draw, panel, window};

/// A panel of each kind.
fn all_kinds() -> serde_json::Value {
    let mut stacked = panel("timeseries", "Runs by Tool", "two", [0, 1, 12, 8]);
    stacked["description"] = json!("How often tools ran");
    stacked["targets"][0]["legendFormat"] = json!("{{tool}}");
    stacked["fieldConfig"]["defaults"] = json!({
        "unit": "suffix: runs/s", "min": 0, "custom": {"fillOpacity": 60, "stacking": {"mode": "normal"}},
    });
    let mut bars = panel("timeseries", "Errors", "one", [12, 1, 12, 8]);
    bars["fieldConfig"]["defaults"]["custom"] = json!({"drawStyle": "bars", "fillOpacity": 80});
    let mut stat = panel("stat", "Error Share", "one", [0, 9, 6, 4]);
    stat["fieldConfig"]["defaults"] = json!({
        "unit": "percentunit",
        "thresholds": {"steps": [{"color": "green", "value": null}, {"color": "red", "value": 0.05}]},
    });
    let mut gauge = panel("gauge", "Used", "one", [6, 9, 6, 8]);
    gauge["fieldConfig"]["defaults"]["max"] = json!(4);
    let mut buckets = panel("bargauge", "Durations", "buckets", [12, 9, 12, 8]);
    buckets["targets"][0] =
        json!({"refId": "A", "expr": "buckets", "legendFormat": "{{le}}", "format": "heatmap", "instant": true});
    buckets["fieldConfig"]["defaults"]["unit"] = json!("s");
    let mut table = panel("table", "Agents", "turns", [0, 17, 12, 8]);
    table["targets"] = json!([
        {"refId": "A", "expr": "turns", "format": "table", "instant": true},
        {"refId": "B", "expr": "limits", "format": "table", "instant": true},
    ]);
    table["transformations"] = json!([
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {"renameByName": {"Value #A": "Turn", "Value #B": "Turn limit"}}},
    ]);
    let mut heatmap = panel("heatmap", "Latency", "buckets", [12, 17, 12, 8]);
    heatmap["targets"][0]["format"] = json!("heatmap");
    heatmap["options"] = json!({"yAxis": {"unit": "s"}});
    let mut states = panel("state-timeline", "Health", "health", [0, 25, 12, 4]);
    states["fieldConfig"]["defaults"]["thresholds"] =
        json!({"steps": [{"color": "red", "value": null}, {"color": "green", "value": 1}]});
    let mut text = panel("text", "Read This", "", [16, 29, 8, 4]);
    text["options"] = json!({"content": "All is well.\nNobody pays for <i>that</i>."});
    json!([
        panel("row", "Work", "", [0, 0, 24, 1]),
        stacked,
        bars,
        stat,
        gauge,
        buckets,
        table,
        heatmap,
        states,
        panel("histogram", "Sizes", "two", [12, 25, 12, 4]),
        panel("piechart", "Shares", "two", [0, 29, 8, 8]),
        panel("timeseries", "Nothing", "none", [8, 29, 8, 4]),
        text,
        panel("stat", "No Number", "nan", [8, 33, 8, 4]),
        panel("geomap", "Where", "one", [16, 33, 8, 4]),
    ])
}

#[test]
fn each_kind_of_panel_has_its_picture() {
    let picture = draw(&all_kinds()).unwrap();
    insta::assert_snapshot!(picture.svg);
}

#[test]
fn the_picture_tells_what_it_lacks() {
    let picture = draw(&all_kinds()).unwrap();
    let lacking: Vec<_> = picture.panels.iter().filter(|panel| panel.state != State::Shown).collect();
    let said: Vec<_> = lacking.iter().map(|panel| (&*panel.title, &*panel.expressions[0], panel.state)).collect();
    let expected =
        [("Nothing", "none", State::NoData), ("No Number", "nan", State::NoData), ("Where", "one", State::NotDrawn)];
    assert_eq!(said, expected);
    assert_eq!(picture.svg.matches(">No data<").count(), 2);
    assert_eq!(picture.svg.matches(r#"data-state="no-data""#).count(), 2);
    assert!(picture.svg.contains("No picture of a panel of kind geomap"));
}

#[test]
fn buckets_are_called_as_the_panel_says() {
    let mut bars = panel("bargauge", "Turns", "buckets", [0, 0, 12, 8]);
    bars["targets"][0] =
        json!({"refId": "A", "expr": "buckets", "legendFormat": "{{le}}", "format": "heatmap", "instant": true});
    bars["fieldConfig"]["defaults"] = json!({"unit": "suffix: tasks/s", "displayName": "≤ ${__field.labels.le} turns"});
    let svg = draw(&json!([bars])).unwrap().svg;
    assert!(svg.contains("≤ 0.1 turns") && svg.contains(" tasks/s"), "{svg}");
}

#[test]
fn no_number_stops_a_picture() {
    let kinds =
        ["timeseries", "stat", "gauge", "bargauge", "table", "heatmap", "histogram", "state-timeline", "piechart"];
    for kind in kinds {
        for query in ["large", "small", "below"] {
            for [width, height] in [[1, 1], [24, 1], [1, 20]] {
                let mut panel = panel(kind, "Odd", query, [0, 0, width, height]);
                panel["targets"][0]["format"] = json!("heatmap");
                let picture = draw(&json!([panel])).unwrap();
                assert_eq!(picture.panels[0].state, State::Shown, "{kind} {query}");
                assert!(
                    !picture.svg.contains("NaN") && !picture.svg.contains("inf"),
                    "{kind} {query}: {}",
                    picture.svg
                );
            }
        }
    }
}

#[test]
fn what_others_wrote_is_text_and_nothing_else() {
    let evil = "\"><script>alert('1')</script>\u{202e}\u{1b}";
    let mut panels = panel("timeseries", evil, "two", [0, 0, 24, 8]);
    panels["description"] = json!(evil);
    panels["fieldConfig"]["defaults"]["unit"] = json!(format!("suffix:{evil}"));
    panels["fieldConfig"]["defaults"]["thresholds"] = json!({"steps": [{"color": evil, "value": null}]});
    let variables = json!([{"name": "x", "label": evil, "type": "custom", "current": {"value": evil}}]);
    let dashboard = json!({"title": evil, "description": evil, "panels": [panels], "templating": {"list": variables}});
    let picture = Picture::draw(&dashboard.to_string(), window(), answer).unwrap();
    for text in [picture.svg.clone(), picture.html()] {
        assert!(!text.contains("<script"), "{text}");
        assert!(!text.contains("<b>"), "{text}");
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
        assert!(text.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"), "{text}");
    }
}

#[test]
fn a_page_of_html_needs_nothing_else() {
    let html = draw(&all_kinds()).unwrap().html();
    assert!(html.starts_with("<!doctype html>"), "{html}");
    assert!(html.contains("default-src 'none'"), "{html}");
    // The name of SVG is the one address.
    assert_eq!(html.matches("://").count(), 1, "{html}");
    assert!(!html.contains("src=") && !html.contains("href="), "{html}");
}
