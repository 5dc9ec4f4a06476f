//! What a file holds: rules and dashboards, bare, in resources, and in texts within resources.

use serde_json::Value;

use super::error::{VerifyError, reason};
use super::rules::Groups;
use super::tree::{Content, Part};

/// What is checked of a file.
#[derive(Debug)]
pub(super) enum Document {
    Rules(Groups),
    Dashboard(Part),
    /// What a text within the file holds, such as the dashboard in a `ConfigMap`.
    Embedded {
        at: usize,
        text: String,
        documents: Vec<Self>,
    },
    /// A text within the file that is meant to be one of them, and is not.
    Unreadable {
        at: usize,
        name: String,
        error: VerifyError,
    },
}

/// No file that a person or a program wrote has more nodes or documents, nor is it deeper. Each level is read by a call within
/// that of the one above.
const MOST_NODES: usize = 4_000_000;
const DEEPEST: usize = 32;
const MOST_DOCUMENTS: usize = 10_000;

fn parts(text: &str) -> Result<Vec<Part>, VerifyError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: MOST_NODES,
            max_depth: DEEPEST,
            max_events: 2 * MOST_NODES,
            max_documents: MOST_DOCUMENTS,
        },
    };
    serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| VerifyError::Rules { reason: reason(&error) })
}

/// Every document of YAML.
pub(super) fn yaml(text: &str) -> Result<Vec<Document>, VerifyError> {
    let mut documents = Vec::new();
    for part in parts(text)? {
        read(part, text, true, &mut documents)?;
    }
    Ok(documents)
}

/// The one document of JSON.
pub(super) fn json(text: &str) -> Result<Vec<Document>, VerifyError> {
    let value: Value = serde_json::from_str(text).map_err(|error| VerifyError::Dashboard { reason: reason(&error) })?;
    let mut documents = Vec::new();
    read(Part::of_json(value, text), text, true, &mut documents)?;
    Ok(documents)
}

/// Whether there is nothing in a file, as in one that has no rules yet.
pub(super) fn is_empty(text: &str) -> bool {
    let is_nothing =
        |part: &Part| matches!(part.content, Content::Nothing) || part.is_map() && part.entries().is_empty();
    parts(text).is_ok_and(|parts| parts.iter().all(is_nothing))
}

/// Whether a text is meant to be JSON.
pub(super) fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

fn read(part: Part, file: &str, outermost: bool, documents: &mut Vec<Document>) -> Result<(), VerifyError> {
    if part.get("groups").is_some() {
        documents.push(Document::Rules(Groups::read(&part, file)?));
        return Ok(());
    }
    if let Some(spec) = part.get("spec").filter(|spec| spec.get("groups").is_some()) {
        documents.push(Document::Rules(Groups::read(spec, file)?));
        return Ok(());
    }
    let is_list = part.text_of("kind").is_some_and(|kind| kind.ends_with("List"));
    if outermost {
        let json = part.at_path(&["spec", "json"]).map(|json| ("dashboard.json", json));
        let data = part.get("data").filter(|_| part.text_of("kind") == Some("ConfigMap"));
        let data = data.into_iter().flat_map(Part::entries).map(|(name, part)| (name.as_str(), part));
        for (name, text) in json.into_iter().chain(data) {
            documents.extend(embedded(name, text));
        }
    }
    if let Some(dashboard) = dashboard(part, is_list, file, outermost, documents)? {
        documents.push(Document::Dashboard(dashboard));
    }
    Ok(())
}

/// The dashboard that a part is or wraps: the HTTP API puts it into an object, Grafana's and Perses' resources into `spec`.
fn dashboard(
    mut part: Part,
    is_list: bool,
    file: &str,
    outermost: bool,
    documents: &mut Vec<Document>,
) -> Result<Option<Part>, VerifyError> {
    let Content::Map(entries) = &mut part.content else { return Ok(None) };
    if is_list && let Some(at) = entries.iter().position(|(key, _)| key == "items") {
        if let Content::List(items) = entries.swap_remove(at).1.content {
            for item in items {
                read(item, file, outermost, documents)?;
            }
        }
        return Ok(None);
    }
    // Perses' operator has it one level further down.
    if let Some(spec) = entries.iter_mut().find(|(key, _)| key == "spec")
        && let Content::Map(spec) = &mut spec.1.content
        && let Some(at) = spec.iter().position(|(key, inner)| key == "config" && is_dashboard(inner))
    {
        return Ok(Some(spec.swap_remove(at).1));
    }
    for wrapper in ["dashboard", "spec"] {
        if let Some(at) = entries.iter().position(|(key, inner)| key == wrapper && is_dashboard(inner)) {
            return Ok(Some(entries.swap_remove(at).1));
        }
    }
    Ok(is_dashboard(&part).then_some(part))
}

fn is_dashboard(part: &Part) -> bool {
    let has_list = |key: &str| part.get(key).is_some_and(|list| list.members().is_some());
    let has_map = |key: &str| part.get(key).is_some_and(Part::is_map);
    has_list("panels") || has_list("rows") || has_map("elements") || (has_map("panels") && has_list("layouts"))
}

/// What a text of a resource holds, if that can be checked.
fn embedded(name: &str, part: &Part) -> Option<Document> {
    let (text, at) = (part.text()?, part.at?);
    let is_json = name.ends_with(".json");
    if !is_json && ![".yaml", ".yml", ".rules"].iter().any(|end| name.ends_with(end)) {
        return None;
    }
    match embedded_documents(text, is_json) {
        Ok(documents) if documents.is_empty() => None,
        Ok(documents) => Some(Document::Embedded { at, text: text.to_owned(), documents }),
        Err(error) => is_meant(text, is_json).then(|| Document::Unreadable { at, name: name.to_owned(), error }),
    }
}

fn embedded_documents(text: &str, is_json: bool) -> Result<Vec<Document>, VerifyError> {
    let parts = if is_json {
        let value = serde_json::from_str(text).map_err(|error| VerifyError::Dashboard { reason: reason(&error) })?;
        vec![Part::of_json(value, text)]
    } else {
        parts(text)?
    };
    let mut documents = Vec::new();
    for part in parts {
        read(part, text, false, &mut documents)?;
    }
    Ok(documents)
}

/// Whether a text that cannot be read looks like rules or a dashboard, and not like what else a resource may hold.
fn is_meant(text: &str, is_json: bool) -> bool {
    match is_json {
        true => ["\"panels\"", "\"rows\"", "\"elements\""].iter().any(|key| text.contains(key)),
        false => text.lines().any(|line| line.starts_with("groups:")),
    }
}
