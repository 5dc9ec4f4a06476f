//! One name, one type: what a crate's files see of each other goes by names that mean one thing each.

use std::collections::BTreeMap;

use super::sources::sources;
use super::workspace::{packages, relative};

/// Names that stand for one thing in two forms, of which a program has one.
const ALTERNATIVES: [(&str, &str); 1] = [("Table", "the prices of models, with and without the feature `prices`")];

/// The places of each name that files give to more than one type, those that only their own file sees left out.
fn shared<'a>(types: impl IntoIterator<Item = (&'a str, &'a str, usize)>) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (file, name, line) in types {
        places.entry(name).or_default().push(format!("{file}:{line}"));
    }
    let shared = places.into_iter().filter(|(_, places)| places.len() > 1);
    shared.map(|(name, places)| format!("`{name}` is {}", places.join(" and "))).collect()
}

#[test]
fn no_two_types_of_a_crate_have_one_name() {
    let mut problems = Vec::new();
    for package in packages() {
        let src = format!("{}/src/", relative(&package.dir));
        let of_crate = sources().iter().filter(|(path, _)| path.starts_with(&src));
        let types = of_crate.flat_map(|(path, source)| {
            source.visible_types().into_iter().map(|(name, line)| (path.as_str(), name, line))
        });
        problems.extend(shared(types));
    }
    let mut unused = ALTERNATIVES.to_vec();
    problems.retain(|problem: &String| {
        let known = unused.iter().position(|(name, _)| problem.starts_with(&format!("`{name}`")));
        known.map(|known| unused.remove(known)).is_none()
    });
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(unused.is_empty(), "these are one type by now, and leave the list: {unused:?}");
}

#[test]
fn a_name_of_two_types_is_told_with_both_places() {
    let types = [("src/a.rs", "Limits", 3), ("src/b.rs", "Limits", 9), ("src/b.rs", "Batch", 1)];
    assert_eq!(shared(types), ["`Limits` is src/a.rs:3 and src/b.rs:9"]);
    assert!(shared([("src/a.rs", "Limits", 3), ("src/b.rs", "Batch", 1)]).is_empty());
}
