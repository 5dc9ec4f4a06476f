//! How two texts differ, as people read it.

use std::time::Duration;

use similar::{Algorithm, TextDiff};

/// Lines around what differs.
const AROUND: usize = 3;

/// More lines of one file are not shown.
const MOST_LINES: usize = 60;

/// Texts that have little in common are not compared for longer; what is told of them is right, if not the shortest.
const LONGEST: Duration = Duration::from_secs(2);

/// What turns the first text into the second, as a unified diff without the names of files.
pub(crate) fn diff(found: &str, expected: &str) -> String {
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).timeout(LONGEST).diff_lines(found, expected);
    let all = diff.unified_diff().context_radius(AROUND).to_string();
    let mut lines = all.lines();
    let mut shown: Vec<&str> = lines.by_ref().take(MOST_LINES).collect();
    let more = match lines.count() {
        0 => None,
        1 => Some("… and 1 line more".to_owned()),
        more => Some(format!("… and {more} lines more")),
    };
    shown.extend(more.as_deref());
    shown.join("\n")
}
