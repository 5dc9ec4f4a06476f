//! No two files of a crate need each other: what is understood last is built on what can be understood before.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::paths::{Path, Said};
use super::source::Source;
use super::sources::sources;
use super::workspace::{packages, relative};

/// The modules of a crate, each by its path from the root.
#[derive(Default)]
struct Crate {
    modules: BTreeMap<Vec<String>, Module>,
}

struct Module {
    file: String,
    /// Whether it is its folder's wiring: what it hands on is not its own.
    wires: bool,
    defines: BTreeSet<String>,
    paths: Vec<Path>,
}

/// Which file needs which, and by what names.
type Graph = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

impl Crate {
    /// A crate of files by their paths below `src`.
    fn new<'a>(files: impl IntoIterator<Item = (String, &'a Source)>) -> Self {
        let mut modules = BTreeMap::new();
        for (file, source) in files {
            let mut path: Vec<String> = file.trim_end_matches(".rs").split('/').map(ToOwned::to_owned).collect();
            let wires = path.last().is_some_and(|name| matches!(name.as_str(), "mod" | "lib" | "main"));
            if wires {
                path.pop();
            }
            let module = Module {
                file,
                wires,
                defines: source.defined().map(ToOwned::to_owned).collect(),
                paths: source.paths(),
            };
            // Of a library and a program in one folder, the modules are the library's.
            if module.file != "main.rs" || !modules.contains_key(&path) {
                modules.insert(path, module);
            }
        }
        Self { modules }
    }

    fn graph(&self) -> Graph {
        let mut graph = Graph::new();
        for (here, module) in &self.modules {
            let needs = graph.entry(module.file.clone()).or_default();
            for path in &module.paths {
                if module.wires && matches!(path.said, Said::InUse { exported: true, .. }) {
                    continue;
                }
                if let Some(target) = self.target(here, path)
                    && target != module.file
                {
                    needs.entry(target).or_default().insert(path.segments.last().cloned().unwrap_or_default());
                }
            }
        }
        graph
    }

    /// The file that defines what a path names; nothing where that is another crate's or only handed on as a whole.
    fn target(&self, here: &[String], path: &Path) -> Option<String> {
        let ups = path.segments.iter().take_while(|segment| *segment == "super").count();
        // An inline module names what is in it or in one around it, as long as it does not leave the file.
        if ups < path.depth && path.segments.first()? != "crate" {
            return None;
        }
        self.follow(here, &path.segments[ups.min(path.depth)..], 8)
    }

    /// Follows a path that stands in a module, through what other modules hand on.
    fn follow(&self, here: &[String], segments: &[String], hops: usize) -> Option<String> {
        let ups = segments.iter().take_while(|segment| *segment == "super").count();
        let (mut module, rest) = match segments.first()?.as_str() {
            "crate" => (Vec::new(), &segments[1..]),
            "self" => (here.to_vec(), &segments[1..]),
            "super" => (here[..here.len().checked_sub(ups)?].to_vec(), &segments[ups..]),
            first if self.modules.contains_key(&below(here, first)) => (here.to_vec(), segments),
            // A name that the file has by a `use`: the path goes on from what that says.
            first => return self.bound(here, first, &segments[1..], hops),
        };
        for (number, segment) in rest.iter().enumerate() {
            let child = below(&module, segment);
            if !self.modules.contains_key(&child) {
                let bound = self.binding(&module, segment).is_some();
                // What a file that wires does not define is a macro, which the compiler knows by the crate's name.
                let own = |module: &&Module| !module.wires || module.defines.contains(segment);
                let own = || self.modules.get(&module).filter(own).map(|module| module.file.clone());
                return if bound { self.bound(&module, segment, &rest[number + 1..], hops) } else { own() };
            }
            module = child;
        }
        // A module itself: it is its file, unless that only wires what is in the folder.
        self.modules.get(&module).filter(|module| !module.wires).map(|module| module.file.clone())
    }

    fn bound(&self, module: &[String], name: &str, rest: &[String], hops: usize) -> Option<String> {
        let path = self.binding(module, name)?;
        // `use reqwest::…` of a module that is called `reqwest`, too, is the other crate's.
        let begins_with_itself = path.segments.len() == 1 || hops == 0;
        let whole: Vec<String> = path.segments.iter().chain(rest).cloned().collect();
        if begins_with_itself { None } else { self.follow(module, &whole, hops - 1) }
    }

    /// The `use` by which a module has a name.
    fn binding(&self, module: &[String], wanted: &str) -> Option<&Path> {
        let paths = &self.modules.get(module)?.paths;
        paths.iter().find(|path| path.depth == 0 && matches!(&path.said, Said::InUse { name, .. } if name == wanted))
    }
}

fn below(module: &[String], name: &str) -> Vec<String> {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// The files that need each other, each group as far as it goes.
fn circles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> = graph.keys().map(|file| (file, reached(graph, file))).collect();
    let mut circles = BTreeSet::new();
    for (file, reached) in &reach {
        let circle: BTreeSet<String> =
            reached.iter().filter(|other| reach[**other].contains(file)).map(|other| (*other).clone()).collect();
        circles.extend((!circle.is_empty()).then_some(circle));
    }
    circles.into_iter().collect()
}

/// All that a file needs, directly or not; itself only if it is in a circle.
fn reached<'a>(graph: &'a Graph, file: &str) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut queue = VecDeque::from([file]);
    while let Some(next) = queue.pop_front() {
        for needed in graph[next].keys() {
            if reached.insert(needed) {
                queue.push_back(needed);
            }
        }
    }
    reached
}

/// Every arrow between the files of a circle, with the names for which it is there.
fn shown(graph: &Graph, circle: &BTreeSet<String>) -> String {
    let mut lines = String::new();
    for file in circle {
        for (needed, names) in graph[file].iter().filter(|(needed, _)| circle.contains(*needed)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            lines.push_str(&format!("    {file} needs {needed} for {}\n", names.join(", ")));
        }
    }
    lines
}

#[test]
fn no_files_need_each_other() {
    let mut problems = String::new();
    for package in packages() {
        let src = format!("{}/src/", relative(&package.dir));
        let of_crate =
            sources().iter().filter_map(|(path, source)| Some((path.strip_prefix(&src)?.to_owned(), source)));
        let graph = Crate::new(of_crate).graph();
        for circle in circles(&graph) {
            problems.push_str(&format!("{src}\n{}", shown(&graph, &circle)));
        }
    }
    assert!(problems.is_empty(), "files that need each other:\n{problems}");
}

#[test]
fn a_circle_is_told_with_the_names_that_close_it() {
    let of = |files: &[(&str, &str)]| {
        let sources: Vec<_> =
            files.iter().map(|(file, text)| ((*file).to_owned(), Source::parse(text).unwrap())).collect();
        let graph = Crate::new(sources.iter().map(|(file, source)| (file.clone(), source))).graph();
        circles(&graph).iter().map(|circle| shown(&graph, circle)).collect::<String>()
    };
    let shop = |till: &str, sale: &str| {
        let wiring = "mod sale;\nmod till;\npub use sale::Sale;\npub use till::Till;";
        of(&[
            ("lib.rs", "mod shop;\npub use shop::{Sale, Till};"),
            ("shop/mod.rs", wiring),
            ("shop/till.rs", till),
            ("shop/sale.rs", sale),
        ])
    };
    let expected = "    shop/sale.rs needs shop/till.rs for Till\n    shop/till.rs needs shop/sale.rs for Sale\n";
    let to_till =
        ["use super::Till;", "use crate::Till;", "use crate::shop::{till::{Till}};", "fn f(_: super::till::Till) {}"];
    for sale in to_till {
        assert!(shop("use super::sale::Sale;", sale).contains("shop/till.rs for Till"), "{sale}");
    }
    assert_eq!(shop("mod priced { use super::super::Sale; }", "use super::Till;"), expected);
    assert_eq!(shop("use super::sale::Sale;", "use crate::ring;\nfn f() { crate::ring!() }"), "");
    for sale in [
        "",
        "use till::Till;",
        "#[cfg(test)]\nmod tests { use super::super::Till; }",
        "/// [`Till`](super::Till)\nstruct Sale;",
    ] {
        assert_eq!(shop("use super::sale::Sale;", sale), "", "{sale}");
    }
    let through_folder = of(&[
        ("lib.rs", "mod a;\nmod b;"),
        ("a/mod.rs", "mod c;\npub use c::C;"),
        ("a/c.rs", "use crate::b::B;"),
        ("b.rs", "use crate::a;\nfn f() { a::C::new() }"),
    ]);
    assert_eq!(through_folder, "    a/c.rs needs b.rs for B\n    b.rs needs a/c.rs for new\n");
    let with_folder = of(&[("a/mod.rs", "mod c;\nuse c::C;\npub struct A;"), ("a/c.rs", "use super::A;")]);
    assert_eq!(with_folder, "    a/c.rs needs a/mod.rs for A\n    a/mod.rs needs a/c.rs for C\n");
}
