//! What is no dashboard, no Prometheus, or has no room.

use std::error::Error as _;

use serde_json::json;
use telemetry_preview::{Picture, PreviewError};

use crate::prometheus::{draw, panel, window};

#[test]
fn a_file_that_is_no_dashboard_says_what_is_one() {
    let error = Picture::draw("[]", window(), |_| Ok(String::new())).unwrap_err();
    assert!(error.to_string().contains("accepted is its JSON with `title` and `panels`"), "{error}");
}

#[test]
fn a_query_that_is_refused_is_named() {
    let error = draw(&json!([panel("stat", "Odd", "rate(x)", [0, 0, 6, 4])])).unwrap_err();
    assert_eq!(error.to_string(), "panel Odd: no answer to rate(x)");
    assert!(error.source().unwrap().to_string().contains("knows no"), "{error:?}");
}

#[test]
fn an_answer_of_somebody_else_is_refused() {
    let dashboard = json!({"title": "", "panels": [panel("stat", "Odd", "one", [0, 0, 6, 4])]}).to_string();
    let error = Picture::draw(&dashboard, window(), |_| Ok("<html>".to_owned())).unwrap_err();
    assert!(matches!(error, PreviewError::NoPrometheus { .. }), "{error}");
}

#[test]
fn a_place_outside_the_grid_is_refused() {
    for place in [[20, 0, 6, 4], [0, 0, 6, 0], [0, 4_000_000_000, 6, 4], [u32::MAX, 0, 6, 4]] {
        let error = draw(&json!([panel("stat", "Odd", "one", place)])).unwrap_err();
        assert_eq!(error.to_string(), "panel Odd: accepted is a place within 24 columns and 2000 rows");
    }
}
