//! What a misspelt name may have meant.

use strsim::levenshtein;

/// A longer name is no misspelt one.
const LONGEST: usize = 200;

/// As many names are listed; more would be no help.
const MOST_LISTED: usize = 100;

/// The candidate that is spelled most like `name`, if any is near enough to be what was meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    // A third of the name may be wrong; a short name may have one wrong letter.
    let length = name.chars().count();
    let limit = (length / 3).max(1);
    let starts = |candidate: &str| candidate.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= limit || starts(candidate))
        .map(|candidate| (levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit || starts(candidate))
        .min()
        .map(|(_, candidate)| candidate)
}

/// `a`, `b` and `c`, each in backquotes.
pub(crate) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut listed = names.by_ref().take(MOST_LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    match names.count() {
        0 => {}
        more => listed.push(format!("and {more} more")),
    }
    listed.join(", ")
}
