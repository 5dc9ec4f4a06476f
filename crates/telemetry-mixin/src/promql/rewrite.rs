//! Changes to an expression's text: another namespace, further matchers.

use std::borrow::Cow;
use std::collections::BTreeSet;

use telemetry_core::Namespace;

use super::parse::Parsed;

/// The declared namespace as the beginning of a metric's name, and of the name of an alert.
const DECLARED: &str = "agentpane_";
const DECLARED_IN_CAPITALS: &str = "AgentPane";

/// Replaces the declared namespace wherever a name starts with it: in expressions, in the names of rules between
/// colons, in label values that hold a metric's name, in the names of alerts, and in prose.
pub(crate) fn in_namespace<'a>(text: &'a str, namespace: &Namespace) -> Cow<'a, str> {
    if *namespace == Namespace::DEFAULT || !(text.contains(DECLARED) || text.contains(DECLARED_IN_CAPITALS)) {
        return Cow::Borrowed(text);
    }
    let metrics = replaced(text, DECLARED, &format!("{namespace}_"));
    Cow::Owned(replaced(&metrics, DECLARED_IN_CAPITALS, &in_capitals(namespace)))
}

fn replaced(text: &str, declared: &str, own: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(declared) {
        let before = rest[..at].chars().next_back().or_else(|| out.chars().next_back());
        let starts_name = !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        out.push_str(&rest[..at]);
        out.push_str(if starts_name { own } else { declared });
        rest = &rest[at + declared.len()..];
    }
    out.push_str(rest);
    out
}

/// `my_shop` is `MyShop`.
fn in_capitals(namespace: &Namespace) -> String {
    let capitalised = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    namespace.as_str().split('_').map(capitalised).collect()
}

/// The expression with matchers added to every selector, as `matchers_of` says by the metric's name; the author's text is
/// otherwise kept to the letter. A label that has a matcher gets no second one.
///
/// `Err` holds the place of a selector whose matchers are joined by `or`, to which nothing can be added for all of it.
pub(crate) fn with_matchers(
    text: &str,
    parsed: &Parsed,
    matchers_of: impl Fn(Option<&str>) -> Vec<(String, String)>,
) -> Result<String, std::ops::Range<usize>> {
    let mut insertions: Vec<(usize, String)> = Vec::new();
    let mut refused = None;
    parsed.node.selectors(&mut |selector, span| {
        if selector.alternatives {
            refused.get_or_insert(span.clone());
        }
        let missing: Vec<String> = matchers_of(selector.name.as_ref().map(|name| name.text.as_str()))
            .into_iter()
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
    Ok(inserted(text, insertions))
}

/// The text with these pieces at those places.
pub(super) fn inserted(text: &str, mut insertions: Vec<(usize, String)>) -> String {
    insertions.sort_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(text.len() + 64 * insertions.len());
    let mut copied = 0;
    for (at, added) in insertions {
        out.push_str(&text[copied..at]);
        out.push_str(&added);
        copied = at;
    }
    out.push_str(&text[copied..]);
    out
}

/// The names of all metrics that an expression selects.
pub(crate) fn metric_names(parsed: &Parsed) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    parsed.node.selectors(&mut |selector, _| {
        names.extend(selector.name.as_ref().map(|word| word.text.clone()));
    });
    names
}
