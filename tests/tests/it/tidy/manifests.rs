//! What every package's manifest and first page say.

use toml::{Table, Value};

use super::workspace::{Package, packages, read, relative};

#[test]
fn every_package_is_described_and_takes_what_the_workspace_sets() {
    let problems: Vec<String> = packages().iter().flat_map(problems).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn problems(package: &Package) -> Vec<String> {
    let mut problems = Vec::new();
    let mut require = |met: bool, what: &str| {
        if !met {
            problems.push(format!("{}: {what}", relative(&package.dir.join("Cargo.toml"))));
        }
    };
    let manifest = &package.manifest;
    let own = |key: &str| manifest["package"].get(key);
    let description = own("description").and_then(Value::as_str).unwrap_or_default();
    require(description.split_whitespace().count() > 2, "a description that says what it is");
    require(!description.ends_with('.'), "the description has no full stop, as cargo shows it in lists");
    for key in ["version", "edition", "rust-version", "license", "publish"] {
        require(own(key).is_some_and(is_inherited), &format!("{key}.workspace = true"));
    }
    require(manifest.get("lints").is_some_and(is_inherited), "[lints] workspace = true");
    for (name, dependency) in dependencies(manifest) {
        require(is_inherited(dependency), &format!("{name}: a dependency takes its version from the workspace"));
    }
    problems
}

fn is_inherited(value: &Value) -> bool {
    value.get("workspace") == Some(&Value::Boolean(true))
}

/// Those of all kinds, for all targets.
fn dependencies(manifest: &Table) -> Vec<(&str, &Value)> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let tables =
        std::iter::once(manifest).chain(targets.into_iter().flat_map(Table::values).filter_map(Value::as_table));
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let of_kinds = tables.flat_map(|table| kinds.iter().filter_map(|kind| table.get(*kind)?.as_table()));
    of_kinds.flatten().map(|(name, dependency)| (name.as_str(), dependency)).collect()
}

#[test]
fn every_target_begins_with_what_it_is() {
    for package in packages() {
        let roots = ["src/lib.rs", "src/main.rs"].map(|file| package.dir.join(file));
        let roots: Vec<_> = roots.iter().filter(|file| file.exists()).collect();
        assert!(!roots.is_empty(), "{} has neither a library nor a program", package.name);
        for file in roots {
            let text = read(file);
            let documented = text.starts_with("//! ") || text.starts_with("#![doc = include_str!(");
            assert!(documented, "{} begins with the crate's documentation", relative(file));
        }
    }
}

#[test]
fn what_a_manifest_lacks_is_told() {
    let package = |text: &str| Package {
        name: "shop".to_owned(),
        manifest: text.parse().unwrap(),
        dir: super::workspace::root().join("shop"),
    };
    let lacking = "[package]\nname = 'shop'\nlicense = 'MIT'\n[dependencies]\nserde = '1'\n[target.'cfg(unix)'.dev-dependencies]\nlibc = { version = '0.2' }";
    let told = problems(&package(lacking)).join("\n");
    let expected =
        ["a description", "license.workspace", "edition.workspace", "[lints] workspace", "serde: ", "libc: "];
    for expected in expected {
        assert!(told.contains(expected), "{expected} is not in\n{told}");
    }
    let keys =
        ["version", "edition", "rust-version", "license", "publish"].map(|key| format!("{key}.workspace = true\n"));
    let sound = format!(
        "[package]\nname = 'shop'\ndescription = 'A shop, with tills'\n{}[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true",
        keys.concat(),
    );
    assert!(problems(&package(&sound)).is_empty(), "{}", problems(&package(&sound)).join("\n"));
}
