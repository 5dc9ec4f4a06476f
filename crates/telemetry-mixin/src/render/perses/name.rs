//! Names as Perses takes them.

use crate::settings::{LONGEST_IN_PERSES, is_in_perses};

/// The text as a name: of letters, digits, `_`, `.` and `-`, not empty and not too long.
pub(super) fn name(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        match (is_in_perses(c), name.ends_with('-')) {
            (true, _) => name.push(c),
            (false, false) => name.push('-'),
            (false, true) => {}
        }
    }
    let name: String = name.trim_matches('-').chars().take(LONGEST_IN_PERSES).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

/// The text as a name in small letters that is none of those, which it is added to.
pub(super) fn another(text: &str, names: &mut Vec<String>) -> String {
    let name = name(&text.to_lowercase());
    let numbered = |number: usize| {
        let end = format!("-{number}");
        let start: String = name.chars().take(LONGEST_IN_PERSES - end.len()).collect();
        start + &end
    };
    let candidates = std::iter::once(name.clone()).chain((2..).map(numbered));
    let new = candidates.into_iter().find(|candidate| !names.contains(candidate)).unwrap_or(name);
    names.push(new.clone());
    new
}
