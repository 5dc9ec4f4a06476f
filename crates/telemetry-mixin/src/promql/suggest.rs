//! What a misspelt name may have meant.

use strsim::levenshtein;

/// The candidate that is spelled most like `name`, if any is near enough to be what was meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the name may be wrong; a short name may have one wrong letter.
    let limit = (name.chars().count() / 3).max(1);
    let starts = |candidate: &str| candidate.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    candidates
        .into_iter()
        .map(|candidate| (levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit || starts(candidate))
        .min()
        .map(|(_, candidate)| candidate)
}

/// `a`, `b` and `c`, each in backquotes.
pub(crate) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
