//! The pages, whose blocks of Rust are parts of the programs that are run.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(page: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join("../..").join(page)).expect("the page is there")
}

fn page() -> String {
    read("docs/guide/clients.md")
}

fn blocks<'a>(page: &'a str, fence: &str) -> Vec<&'a str> {
    page.split(fence).skip(1).map(|rest| rest.split("```").next().unwrap_or(rest)).collect()
}

/// Lines without what they are indented by.
fn lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_start())).collect()
}

/// The files of a folder.
fn files(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(Path::new(ROOT).join(folder)).expect("the folder is there");
    files.map(|file| file.expect("it can be read").path()).collect()
}

#[test]
fn each_block_is_a_part_of_a_program() {
    let programs: Vec<String> = [files("src/bin"), files("tests")]
        .concat()
        .iter()
        .map(|file| lines(&fs::read_to_string(file).expect("it can be read")))
        .collect();
    let (page, github) = (page(), read("crates/telemetry-vcs/README.md"));
    // What doctests cannot build, for want of octocrab.
    let ignored = blocks(&github, "```rust,ignore\n");
    assert_eq!(ignored.len(), 1);
    let blocks = blocks(&page, "```rust\n");
    assert!(blocks.len() > 8, "{} blocks", blocks.len());
    for block in blocks.into_iter().chain(ignored) {
        assert!(programs.iter().any(|program| program.contains(&lines(block))), "no program has this:\n{block}");
    }
}

#[test]
fn each_program_is_named_where_it_says_how_to_run_them() {
    let page = page();
    let command = page.lines().find(|line| line.contains("cargo run --bin ")).expect("it says how");
    let named: Vec<&str> = command.split(|c: char| c.is_whitespace() || c == ',').collect();
    for file in files("src/bin") {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("it has a name").to_owned();
        assert!(named.contains(&name.as_str()), "{name} is not in {command}");
    }
}
