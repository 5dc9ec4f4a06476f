//! What every Rust file keeps to.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::source::Source;
use super::workspace::{read, relative, root, rust_files};

/// The most lines of code of a file that others have to find their way in.
const MOST_LINES: usize = 400;

/// Names that say nothing of what is in the module.
const EMPTY_NAMES: [&str; 5] = ["common", "helpers", "misc", "util", "utils"];

/// Macros that stand for what is not there yet, or was there to look at.
const UNFINISHED: [&str; 3] = ["dbg", "todo", "unimplemented"];

/// Files whose tests may sleep, and why.
const MAY_SLEEP: [(&str, &str); 5] = [
    (
        "crates/telemetry-llm/tests/it/hostile_store.rs",
        "it looks again at what a store's thread does, from within the runtime that has to stay free",
    ),
    (
        "crates/telemetry-llm/tests/it/queue.rs",
        "time is paused there, and pauses between attempts are what is measured",
    ),
    (
        "crates/telemetry-llm/tests/it/tower_attempts.rs",
        "time is paused there, and pauses between attempts are what is measured",
    ),
    ("crates/telemetry-stream/tests/it/partings.rs", "time is paused there, and silence is what is measured"),
    ("crates/telemetry-runtime/tests/it/workflow.rs", "time is paused there, and the sleep is what is measured"),
];

/// A problem of a file.
fn problems(path: &str, source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    let mut add = |line: usize, what: String| problems.push(format!("{path}:{line}: {what}"));
    if !source.has_headline() {
        add(1, "a file begins with a `//!` line that says what belongs in it".to_owned());
    }
    for name in UNFINISHED {
        for line in source.lines_with(&[name, "!"]) {
            add(line, format!("{name}! has no place in what is delivered"));
        }
    }
    for module in source.modules().filter(|module| EMPTY_NAMES.contains(&module.text.as_str())) {
        add(module.line, format!("a module is named for what it holds, which `{}` is not", module.text));
    }
    for line in source.exceptions_without_reason() {
        add(line, "an exception from a lint gives its reason".to_owned());
    }
    let limited = path.starts_with("xtask/") || path.starts_with("examples/") || path.contains("/src/");
    let lines = source.lines_of_code();
    if limited && lines > MOST_LINES {
        add(1, format!("{lines} lines of code; from {MOST_LINES} on, a file is to be divided"));
    }
    problems
}

/// The lines at which a test sleeps.
fn sleeps(path: &str, source: &Source) -> Vec<usize> {
    let mut lines = Vec::new();
    for word in ["sleep", "sleep_until", "sleep_ms"] {
        // The programs in `tests/` drive other processes, which they can only ask again and again.
        let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
        lines.extend(if is_test { source.lines_with(&[word]) } else { source.lines_in_test_modules(word) });
    }
    lines
}

/// Every Rust file of the workspace by its path from the root, read once.
pub(super) fn sources() -> &'static [(String, Source)] {
    static SOURCES: LazyLock<Vec<(String, Source)>> = LazyLock::new(|| {
        let read = |file: PathBuf| {
            let path = relative(&file);
            let source = Source::parse(&read(&file)).unwrap_or_else(|error| panic!("{path}: {error}"));
            (path, source)
        };
        rust_files().into_iter().map(read).collect()
    });
    &SOURCES
}

#[test]
fn files_say_what_they_hold_and_are_short_finished_and_named() {
    let problems: Vec<String> = sources().iter().flat_map(|(path, source)| problems(path, source)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn tests_wait_for_what_happens_and_not_for_time_to_pass() {
    let mut sleeping = Vec::new();
    let mut unused: Vec<&str> = MAY_SLEEP.iter().map(|(path, _)| *path).collect();
    for (path, source) in sources() {
        let lines = sleeps(path, source);
        if !lines.is_empty() && unused.contains(&path.as_str()) {
            unused.retain(|allowed| allowed != path);
        } else {
            sleeping.extend(lines.into_iter().map(|line| format!("{path}:{line}")));
        }
    }
    assert!(sleeping.is_empty(), "tests that sleep, without a reason in the list:\n{}", sleeping.join("\n"));
    assert!(unused.is_empty(), "the list of tests that may sleep has files that do not: {unused:?}");
}

#[test]
fn module_files_are_named_for_what_they_hold() {
    let unnamed: Vec<String> =
        rust_files().iter().filter(|file| has_empty_name(file)).map(|file| relative(file)).collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

fn has_empty_name(file: &Path) -> bool {
    let inside = file.strip_prefix(root()).unwrap_or(file).with_extension("");
    inside.iter().any(|part| EMPTY_NAMES.iter().any(|name| part == *name))
}

#[test]
fn each_problem_is_told_with_its_place() {
    let begun = |text: &str| format!("//! Tills and their sales.\n{text}");
    let cases = [
        ("crates/shop/src/till.rs", "/// A till.\nfn f() {}".to_owned(), "crates/shop/src/till.rs:1: a file begins"),
        (
            "crates/shop/tests/it/till.rs",
            "//! Tills.\nfn f() {}".to_owned(),
            "crates/shop/tests/it/till.rs:1: a file begins",
        ),
        ("crates/shop/src/lib.rs", begun("fn f() {\n    todo!()\n}"), "crates/shop/src/lib.rs:3: todo!"),
        ("crates/shop/src/lib.rs", begun("mod utils;"), "crates/shop/src/lib.rs:2: a module is named"),
        ("tests/tests/it.rs", begun("#[allow(dead_code)]\nfn f() {}"), "tests/tests/it.rs:2: an exception"),
        ("xtask/src/main.rs", begun(&"fn f() {}\n".repeat(401)), "xtask/src/main.rs:1: 401 lines"),
        ("crates/shop/src/till.rs", begun(&"fn f() {}\n".repeat(401)), "crates/shop/src/till.rs:1: 401 lines"),
    ];
    for (path, text, expected) in cases {
        let told = problems(path, &Source::parse(&text).unwrap()).join("\n");
        assert!(told.starts_with(expected), "{told:?}");
    }
    for (path, text) in [
        ("crates/shop/src/lib.rs", begun(&"fn f() {}\n".repeat(400))),
        ("crates/shop/src/lib.rs", "#![doc = include_str!(\"../README.md\")]\n".to_owned()),
        ("crates/shop/tests/it/main.rs", begun(&"fn f() {}\n".repeat(401))),
        ("crates/shop/src/lib.rs", begun("fn f() { sleep() }")),
        ("tests/src/bin/e2e.rs", begun("fn f() { sleep() }")),
    ] {
        let source = Source::parse(&text).unwrap();
        assert!(problems(path, &source).is_empty() && sleeps(path, &source).is_empty(), "{path}");
    }
    assert_eq!(sleeps("crates/shop/tests/it/main.rs", &Source::parse("use std::thread::sleep;").unwrap()), [1]);
    assert!(has_empty_name(&root().join("crates/shop/src/utils/mod.rs")));
    assert!(!has_empty_name(&root().join("crates/shop/src/till.rs")));
}
