//! Cases kept as data, one JSON object a line, and how they are read.

use serde::de::DeserializeOwned;

/// The cases of a file.
pub(crate) fn read<T: DeserializeOwned>(lines: &str) -> Vec<T> {
    let case = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
    lines.lines().filter(|line| !line.is_empty()).map(case).collect()
}
