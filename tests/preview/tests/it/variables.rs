//! Queries as Grafana sends them.

use std::cell::RefCell;
use std::time::Duration;

use serde_json::json;
use telemetry_preview::{Picture, Variables, Window};

use crate::prometheus::{END, answer, panel};

#[test]
fn own_variables_are_durations_and_others_everything() {
    let window = Window::new(END, Duration::from_secs(6 * 3_600), Duration::from_secs(15));
    let fill = |expression| Variables::all(&window).fill(expression);
    assert_eq!(fill("rate(x[$__rate_interval])"), "rate(x[150s])");
    assert_eq!(fill("rate(x[${__interval}])"), "rate(x[135s])");
    assert_eq!(fill("increase(x[$__range])"), "increase(x[21600s])");
    assert_eq!(fill(r#"x{job=~"$job", a=~"${a:regex}"}"#), r#"x{job=~".+", a=~".+"}"#);
    assert_eq!(
        fill(r#"label_replace(x{a=~"b$"}, "c", "$1", "d", "(.*)")"#),
        r#"label_replace(x{a=~"b$"}, "c", "$1", "d", "(.*)")"#
    );
}

#[test]
fn a_panel_may_look_further_back() {
    let mut budget = panel("timeseries", "Error Budget", "max_over_time(x[$__range])", [0, 0, 6, 4]);
    budget["timeFrom"] = json!("30d");
    let dashboard = json!({"title": "Tools", "panels": [budget]}).to_string();
    let mut asked = Vec::new();
    let picture =
        Picture::draw(&dashboard, Window::new(END, Duration::from_secs(60), Duration::from_secs(15)), |path| {
            asked.push(path.to_owned());
            answer("/api/v1/query_range?query=one")
        });
    assert!(picture.unwrap().svg.contains(">Last 30d<"));
    let expected = "query_range?query=max_over_time%28x%5B2592000s%5D%29&start=1797408000&end=1800000000&step=16200";
    assert_eq!(asked, [format!("/api/v1/{expected}")]);
}

#[test]
fn a_dashboard_says_what_stands_for_all() {
    let variables = json!([
        {"name": "datasource", "type": "datasource", "current": {}},
        {"name": "job", "label": "Job", "type": "query", "includeAll": true, "allValue": ".*", "current": {"value": ["$__all"]}},
        {"name": "top", "type": "custom", "query": "5,10", "current": {}},
    ]);
    let mut stat = panel("stat", "Odd", r#"topk($top, x{job=~"$job"}[$__range])"#, [0, 0, 6, 4]);
    stat["targets"][0]["range"] = json!(false);
    stat["targets"][0]["instant"] = json!(true);
    let dashboard = json!({"title": "Tools", "templating": {"list": variables}, "panels": [stat]}).to_string();
    let asked = RefCell::new(Vec::new());
    let window = Window::new(END, Duration::from_secs(60), Duration::from_secs(15));
    let picture = Picture::draw(&dashboard, window, |path| {
        asked.borrow_mut().push(path.to_owned());
        answer("/api/v1/query?query=one")
    });
    let svg = picture.unwrap().svg;
    let expected = "/api/v1/query?query=topk%285%2C%20x%7Bjob%3D~%22.%2A%22%7D%5B60s%5D%29&time=1800000000";
    assert_eq!(*asked.borrow(), [expected]);
    assert!(svg.contains(">Job<") && svg.contains(">All<") && svg.contains(">top<") && svg.contains(">5<"), "{svg}");
    assert!(!svg.contains("datasource"), "{svg}");
}
