//! The first page of each crate: what a newcomer finds without reading code.

use toml::Value;

use super::sources::sources;
use super::workspace::{Package, packages, read, relative, root};

/// What a crate has of which its page has to tell, and how newcomers try it.
struct Crate<'a> {
    package: &'a Package,
    page: Option<String>,
    root: String,
    declares_metrics: bool,
    has_settings: bool,
    has_example: bool,
}

impl<'a> Crate<'a> {
    fn of(package: &'a Package) -> Self {
        let file = |name: &str| Some(package.dir.join(name)).filter(|path| path.exists());
        let src = format!("{}/src/", relative(&package.dir));
        let of_crate = || sources().iter().filter(|(path, _)| path.starts_with(&src));
        let has = |tokens: &[&str]| of_crate().any(|(_, source)| !source.lines_with(tokens).is_empty());
        let examples = format!("{}/examples/", relative(&package.dir));
        Self {
            package,
            page: file("README.md").map(|path| read(&path)),
            root: file("src/lib.rs").map(|path| read(&path)).unwrap_or_default(),
            declares_metrics: has(&["Catalogue", ":", ":", "new"]),
            has_settings: of_crate().any(|(path, _)| path.contains("settings")) && !is_for_the_compiler(package),
            has_example: sources().iter().any(|(path, _)| path.starts_with(&examples)),
        }
    }

    fn problems(&self) -> Vec<String> {
        let name = &self.package.name;
        let Some(page) = &self.page else { return vec![format!("{name}: README.md, its page")] };
        let mut problems = Vec::new();
        let mut require = |met: bool, what: &str| {
            if !met {
                problems.push(format!("{name}: {what}"));
            }
        };
        require(page.starts_with(&format!("# {name}\n")), "the page's title is the crate's name");
        require(self.root.starts_with("#![doc = include_str!(\"../README.md\")]"), "src/lib.rs begins with the page");
        require(page.contains("\n```rust"), "an example on the page, which the tests run");
        let features = self.package.manifest.get("features").and_then(Value::as_table);
        let has_features = features.is_some_and(|features| features.keys().any(|feature| feature != "default"));
        for (needed, word) in [
            (has_features, "features"),
            (self.has_settings, "settings"),
            (self.declares_metrics, "metrics"),
            (true, "limits"),
        ] {
            let mut headings = page.lines().filter_map(|line| line.strip_prefix("## "));
            let told = headings.any(|heading| heading.to_lowercase().contains(word));
            require(told || !needed, &format!("a heading of the page says {word}"));
        }
        require(self.has_example || is_for_the_compiler(self.package), "an example, `examples/*.rs`");
        let metadata = ["metadata", "docs", "rs", "all-features"];
        let all_features = metadata.iter().try_fold(&self.package.manifest["package"], |table, key| table.get(key));
        require(all_features == Some(&Value::Boolean(true)), "[package.metadata.docs.rs] all-features = true");
        problems
    }
}

/// A crate of procedural macros has no example of its own: who uses it depends on another.
fn is_for_the_compiler(package: &Package) -> bool {
    package.manifest.get("lib").and_then(|lib| lib.get("proc-macro")) == Some(&Value::Boolean(true))
}

#[test]
fn every_crate_has_a_front_door() {
    let packages = packages();
    let crates = packages.iter().filter(|package| package.dir.starts_with(root().join("crates")));
    let problems: Vec<String> = crates.flat_map(|package| Crate::of(package).problems()).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_a_front_door_lacks_is_told() {
    let package = |manifest: &str| Package {
        name: "shop".to_owned(),
        manifest: format!("[package]\nname = 'shop'\n{manifest}").parse().unwrap(),
        dir: root().join("shop"),
    };
    let documented = "[package.metadata.docs.rs]\nall-features = true\n[features]\ndefault = []\ncards = []\n";
    let sound = package(documented);
    let page = "# shop\n\nA shop.\n\n```rust\nopen();\n```\n\n## Features\n## Settings\n## Metrics\n## Limits\n";
    let shop = |page: &str| Crate {
        package: &sound,
        page: Some(page.to_owned()),
        root: "#![doc = include_str!(\"../README.md\")]\nmod till;".to_owned(),
        declares_metrics: true,
        has_settings: true,
        has_example: true,
    };
    assert!(shop(page).problems().is_empty(), "{:?}", shop(page).problems());
    for (removed, told) in [
        ("# shop\n", "title"),
        ("```rust", "an example on the page"),
        ("## Features", "says features"),
        ("## Settings", "says settings"),
        ("## Metrics", "says metrics"),
        ("## Limits", "says limits"),
    ] {
        let problems = shop(&page.replace(removed, "")).problems();
        assert!(problems.iter().any(|problem| problem.contains(told)), "{told} is not in {problems:?}");
    }
    let bare = package("");
    let lacking = Crate { package: &bare, root: "//! A shop.".to_owned(), has_example: false, ..shop(page) };
    let problems = lacking.problems().join("\n");
    for told in ["src/lib.rs", "examples/*.rs", "docs.rs"] {
        assert!(problems.contains(told), "{told} is not in {problems}");
    }
    assert_eq!(Crate { page: None, ..shop(page) }.problems(), ["shop: README.md, its page"]);
}
