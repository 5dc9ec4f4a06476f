//! Where panels stand.

use serde_json::json;

use crate::prometheus::{draw, panel};

/// Name, left, top, width and height of each panel's frame.
fn frames(svg: &str) -> Vec<(String, [f64; 4])> {
    let between = |text: &str, begin: &str, end: &str| {
        let (_, rest) = text.split_once(begin).expect("what a frame begins with");
        rest.split_once(end).expect("what it ends with").0.to_owned()
    };
    let frame = |group: &str| {
        let rect = between(group, "<rect", "/>");
        let number = |name: &str| between(&rect, &format!(" {name}=\""), "\"").parse().expect("a number");
        (between(group, "", "\""), ["x", "y", "width", "height"].map(number))
    };
    svg.split("data-panel=\"").skip(1).map(frame).collect()
}

#[test]
fn panels_stand_in_24_columns() {
    let panels = json!([
        panel("stat", "left", "one", [0, 0, 12, 4]),
        panel("stat", "right", "one", [12, 0, 12, 4]),
        panel("stat", "below", "one", [0, 4, 24, 8]),
    ]);
    let frames = frames(&draw(&panels).unwrap().svg);
    let expected = [
        ("left", [16.0, 104.0, 560.0, 144.0]),
        ("right", [584.0, 104.0, 560.0, 144.0]),
        ("below", [16.0, 256.0, 1128.0, 296.0]),
    ];
    assert_eq!(frames, expected.map(|(name, frame)| (name.to_owned(), frame)));
}

#[test]
fn what_a_row_has_folded_in_is_shown_below_it() {
    let mut row = panel("row", "folded", "", [0, 4, 24, 1]);
    // Grafana leaves them where they were when the row was open, wherever that was.
    row["panels"] = json!([panel("stat", "inside", "one", [0, 90, 12, 4])]);
    let panels =
        json!([panel("stat", "above", "one", [0, 0, 24, 4]), row, panel("stat", "after", "one", [0, 5, 24, 4]),]);
    let frames = frames(&draw(&panels).unwrap().svg);
    let tops: Vec<_> = frames.iter().map(|(name, frame)| (&**name, frame[1])).collect();
    assert_eq!(tops, [("above", 104.0), ("inside", 294.0), ("after", 446.0)]);
}
