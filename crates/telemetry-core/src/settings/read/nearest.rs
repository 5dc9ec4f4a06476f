//! What was probably meant.

/// The candidate that takes the fewest edits to get from `name`.
pub(super) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    candidates.min_by_key(|candidate| strsim::levenshtein(name, candidate)).unwrap_or_default().to_owned()
}
