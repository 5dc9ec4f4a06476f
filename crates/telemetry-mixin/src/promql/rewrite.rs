use std::borrow::Cow;
use std::collections::BTreeSet;

use telemetry_core::Namespace;

use super::parse::Parsed;

const DECLARED: &str = "agentpane_";

/// Replaces the declared namespace wherever a name starts with it: in expressions, in the names of rules between
/// colons, in label values that hold a metric's name, and in prose.
pub(crate) fn in_namespace<'a>(text: &'a str, namespace: &Namespace) -> Cow<'a, str> {
    if *namespace == Namespace::DEFAULT || !text.contains(DECLARED) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(DECLARED) {
        let before = rest[..at].chars().next_back().or_else(|| out.chars().next_back());
        let starts_name = !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        out.push_str(&rest[..at]);
        if starts_name {
            out.push_str(namespace.as_str());
            out.push('_');
        } else {
            out.push_str(DECLARED);
        }
        rest = &rest[at + DECLARED.len()..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The expression with matchers added to every selector; the author's text is otherwise kept to the letter.
///
/// `Err` holds the place of a selector whose matchers are joined by `or`, to which nothing can be added for all of it.
pub(crate) fn with_matchers(
    text: &str,
    parsed: &Parsed,
    matchers: &[(&str, &str)],
) -> Result<String, std::ops::Range<usize>> {
    let mut insertions: Vec<(usize, String)> = Vec::new();
    let mut refused = None;
    parsed.node.selectors(&mut |selector, span| {
        if selector.alternatives {
            refused.get_or_insert(span.clone());
        }
        let missing: Vec<String> = matchers
            .iter()
            .filter(|(label, _)| selector.matchers.iter().all(|matcher| matcher.label.text != *label))
            .map(|(label, value)| format!("{label}=~\"{value}\""))
            .collect();
        if missing.is_empty() {
            return;
        }
        let added = missing.join(", ");
        match (&selector.braces, &selector.name) {
            (Some(braces), _) => {
                let empty = text[braces.start + 1..braces.end - 1].trim().is_empty();
                insertions.push((braces.start + 1, if empty { added } else { format!("{added}, ") }));
            }
            (None, Some(name)) => insertions.push((name.span.end, format!("{{{added}}}"))),
            (None, None) => {}
        }
    });
    if let Some(span) = refused {
        return Err(span);
    }
    insertions.sort_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(text.len() + 64 * insertions.len());
    let mut copied = 0;
    for (at, added) in insertions {
        out.push_str(&text[copied..at]);
        out.push_str(&added);
        copied = at;
    }
    out.push_str(&text[copied..]);
    Ok(out)
}

/// The names of all metrics that an expression selects.
pub(crate) fn metric_names(parsed: &Parsed) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    parsed.node.selectors(&mut |selector, _| {
        names.extend(selector.name.as_ref().map(|word| word.text.clone()));
    });
    names
}
