//! Makes the table of GitHub's endpoints of GitHub's REST description, which it reads from standard input.
//!
//! `cargo run -p telemetry-vcs --example github_routes < api.github.com.json > crates/telemetry-vcs/src/github/routes.txt`
//!
//! The table has a segment of a path a line, a space further in than the one that it follows, and behind it the methods that
//! GitHub knows there, each with the id of its operation. Where parameters of several names stand in one place, they have the
//! name that most paths give them; the numbers of issues, pull requests and the like are all `{number}`. GraphQL, which the
//! description leaves out, is added.
#![expect(clippy::print_stdout, reason = "it prints the table")]

use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value};

/// The methods in the order of the table, as the description writes them.
const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

/// A segment, and what may follow it.
#[derive(Default)]
struct Segment {
    below: BTreeMap<String, Segment>,
    /// By the place of the method.
    operations: BTreeMap<usize, String>,
    /// How many paths go through it.
    paths: usize,
}

impl Segment {
    fn enter(&mut self, path: &str, operations: &Map<String, Value>) {
        self.paths += 1;
        let Some((segment, rest)) = path.split_once('/').or((!path.is_empty()).then_some((path, ""))) else {
            for (place, method) in METHODS.iter().enumerate() {
                if let Some(id) = operations.get(*method).and_then(|operation| operation["operationId"].as_str()) {
                    self.operations.entry(place).or_insert_with(|| id.to_owned());
                }
            }
            return;
        };
        let is_number = segment.starts_with('{') && segment.ends_with("_number}");
        let segment = if is_number { "{number}" } else { segment };
        self.below.entry(segment.to_owned()).or_default().enter(rest, operations);
    }

    fn join(&mut self, other: Self) {
        self.paths += other.paths;
        for (place, id) in other.operations {
            self.operations.entry(place).or_insert(id);
        }
        for (name, segment) in other.below {
            self.below.entry(name).or_default().join(segment);
        }
    }

    /// Has one parameter at most in each place.
    fn merge(&mut self) {
        let mut names: Vec<_> = self.below.keys().filter(|name| name.starts_with('{')).cloned().collect();
        names.sort_by_key(|name| std::cmp::Reverse(self.below[name].paths));
        let mut parameters = names.into_iter();
        if let Some(first) = parameters.next() {
            for other in parameters {
                if let (Some(other), Some(first)) = (self.below.remove(&other), self.below.get_mut(&first)) {
                    first.join(other);
                }
            }
        }
        self.below.values_mut().for_each(Self::merge);
    }

    fn print(&self, name: &str, deep: usize) {
        let operations = self.operations.iter();
        let known = operations.map(|(place, id)| format!(" {}={id}", METHODS[*place].to_ascii_uppercase()));
        println!("{:deep$}{name}{}", "", known.collect::<String>());
        let further_in = if name == "/" { 0 } else { deep + 1 };
        let is_parameter = |name: &&String| name.starts_with('{');
        let (parameters, texts): (Vec<_>, Vec<_>) = self.below.keys().partition(is_parameter);
        texts.into_iter().chain(parameters).for_each(|name| self.below[name].print(name, further_in));
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let description: Value = serde_json::from_reader(io::stdin().lock())?;
    let paths = description["paths"].as_object().ok_or("the description has no paths")?;
    let mut root = Segment::default();
    for (path, operations) in paths {
        root.enter(path.trim_start_matches('/'), operations.as_object().ok_or("a path has no operations")?);
    }
    let mut graphql = Map::new();
    graphql.insert("post".to_owned(), serde_json::json!({ "operationId": "graphql" }));
    root.enter("graphql", &graphql);
    root.merge();
    root.print("/", 0);
    Ok(())
}
