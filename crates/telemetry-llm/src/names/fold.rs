//! How the many spellings of a provider or a model become few.

/// No model's name is as long as this.
const LONGEST: usize = 96;

/// A model's label: its id where that is known, else the name without what changes from one call to the next.
pub(super) fn label(model: &str, id: impl Fn(&str) -> Option<String>) -> String {
    let model = model.trim();
    if let Some(base) = model.strip_prefix("ft:") {
        // `ft:base:organization:suffix:id` has as many values as there are trainings.
        let base = base.split(':').next().unwrap_or_default();
        return format!("ft:{}", label(base, id));
    }
    id(model).unwrap_or_else(|| fold(without_date(without_path(model))))
}

/// Without the resource that a deployment is (`models/…`, `projects/…/publishers/google/models/…`).
fn without_path(model: &str) -> &str {
    const RESOURCES: &[&str] = &["models/", "projects/", "publishers/", "accounts/", "deployments/", "arn:"];
    if RESOURCES.iter().any(|resource| model.starts_with(resource)) {
        model.rsplit('/').next().unwrap_or(model)
    } else {
        model
    }
}

/// Without the date of a snapshot: `-2025-01-31`, `-20250131`, `@20250131`.
fn without_date(model: &str) -> &str {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    for length in [11, 9] {
        let Some(start) = model.len().checked_sub(length).filter(|start| *start > 0 && model.is_char_boundary(*start))
        else {
            continue;
        };
        let (name, date) = model.split_at(start);
        let date_of_length = date.strip_prefix(['-', '@']).is_some_and(|date| match date.split('-').count() {
            1 => date.len() == 8 && digits(date),
            3 => date.len() == 10 && date.split('-').map(str::len).eq([4, 2, 2]) && date.split('-').all(digits),
            _ => false,
        });
        if date_of_length && date[1..].starts_with("20") {
            return name;
        }
    }
    model
}

/// In lower case, of printable characters, and no longer than any name is meant to be.
pub(super) fn fold(name: &str) -> String {
    let folded: String =
        name.trim().chars().filter(|c| !c.is_control()).take(LONGEST).flat_map(char::to_lowercase).collect();
    if folded.is_empty() { "unknown".to_owned() } else { folded }
}
