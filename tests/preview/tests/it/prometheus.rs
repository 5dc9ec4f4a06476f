//! A Prometheus that knows a few answers by heart.

use std::time::Duration;

use serde_json::{Value, json};
use telemetry_preview::{AskError, Picture, PreviewError, Window};

/// Five points, 15 s apart, up to that moment.
pub(crate) const END: u64 = 1_800_000_000;

pub(crate) fn window() -> Window {
    Window::new(END, Duration::from_secs(60), Duration::from_secs(15))
}

/// What it says to a path: of a range four numbers and a gap for each series, of now the last of them.
pub(crate) fn answer(path: &str) -> Result<String, AskError> {
    let is_range = path.starts_with("/api/v1/query_range?");
    let query = path.split(['=', '&']).nth(1).unwrap_or_default();
    let series: &[(Value, [f64; 4])] = match query {
        "one" => &[(json!({}), [1.0, 2.0, 4.0, 3.0])],
        "two" => {
            &[(json!({"tool": "git-diff"}), [0.5, 0.25, 1.0, 0.75]), (json!({"tool": "<b>&"}), [2.0, 2.0, 1.0, 2.5])]
        }
        "turns" => &[(json!({"agent": "a1"}), [1.0, 2.0, 3.0, 4.0]), (json!({"agent": "a2"}), [5.0, 5.0, 6.0, 7.0])],
        "limits" => &[(json!({"agent": "a1"}), [10.0; 4]), (json!({"agent": "a2"}), [8.0; 4])],
        "buckets" => &[
            (json!({"le": "+Inf"}), [4.0, 6.0, 9.0, 9.0]),
            (json!({"le": "0.1"}), [1.0, 0.0, 2.0, 4.0]),
            (json!({"le": "0.5"}), [4.0, 5.0, 6.0, 8.0]),
        ],
        "health" => &[(json!({"component": "database"}), [1.0, 0.0, 0.0, 1.0])],
        "large" => &[(json!({"le": "1"}), [f64::MAX, -9e99, 0.0, 9e99])],
        "small" => &[(json!({"le": "x"}), [1.0, 1.0 + f64::EPSILON, 1.0, 1.0 + f64::EPSILON])],
        "below" => &[(json!({}), [-3.0, -1.0, -2.0, f64::INFINITY]), (json!({"le": "1"}), [f64::MIN_POSITIVE; 4])],
        "nan" => &[(json!({}), [f64::NAN; 4])],
        "none" => &[],
        other => return Err(format!("the test knows no {other:?}").into()),
    };
    // The point in the middle is missing.
    let times = [60, 45, 15, 0].map(|before| END - before);
    let results: Vec<Value> = series
        .iter()
        .map(|(labels, values)| {
            let points: Vec<Value> =
                times.iter().zip(values).map(|(time, value)| json!([time, value.to_string()])).collect();
            match is_range {
                true => json!({"metric": labels, "values": points}),
                false => json!({"metric": labels, "value": points[3]}),
            }
        })
        .collect();
    let kind = if is_range { "matrix" } else { "vector" };
    Ok(json!({"status": "success", "data": {"resultType": kind, "result": results}}).to_string())
}

/// A panel that asks one thing.
pub(crate) fn panel(kind: &str, title: &str, expression: &str, [x, y, w, h]: [u32; 4]) -> Value {
    json!({
        "type": kind, "title": title, "gridPos": {"x": x, "y": y, "w": w, "h": h},
        "targets": [{"refId": "A", "expr": expression, "legendFormat": "__auto", "range": true}],
        "fieldConfig": {"defaults": {"unit": "short", "min": 0}},
    })
}

pub(crate) fn draw(panels: &Value) -> Result<Picture, PreviewError> {
    let dashboard = json!({"title": "Tools", "description": "What tools do", "panels": panels});
    Picture::draw(&dashboard.to_string(), window(), answer)
}
