//! What every Rust file keeps to.

use std::path::Path;

use super::source::Source;
use super::workspace::{read, relative, root, rust_files};

/// The most lines of code of a file that others have to find their way in.
const MOST_LINES: usize = 400;

/// Names that say nothing of what is in the module.
const EMPTY_NAMES: [&str; 5] = ["common", "helpers", "misc", "util", "utils"];

/// Macros that stand for what is not there yet, or was there to look at.
const UNFINISHED: [&str; 3] = ["dbg", "todo", "unimplemented"];

/// Files whose tests may sleep, and why.
const MAY_SLEEP: [(&str, &str); 2] = [
    (
        "crates/telemetry-llm/tests/it/queue.rs",
        "time is paused there, and pauses between attempts are what is measured",
    ),
    ("crates/telemetry-runtime/tests/it/workflow.rs", "time is paused there, and the sleep is what is measured"),
];

/// A problem of a file.
fn problems(path: &str, source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    let mut add = |line: usize, what: String| problems.push(format!("{path}:{line}: {what}"));
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

fn sources() -> impl Iterator<Item = (String, Source)> {
    rust_files().into_iter().map(|file| {
        let path = relative(&file);
        let source = Source::parse(&read(&file)).unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, source)
    })
}

#[test]
fn files_are_short_finished_and_named_and_say_why_they_make_exceptions() {
    let problems: Vec<String> = sources().flat_map(|(path, source)| problems(&path, &source)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn tests_wait_for_what_happens_and_not_for_time_to_pass() {
    let mut sleeping = Vec::new();
    let mut unused: Vec<&str> = MAY_SLEEP.iter().map(|(path, _)| *path).collect();
    for (path, source) in sources() {
        let lines = sleeps(&path, &source);
        if !lines.is_empty() && unused.contains(&path.as_str()) {
            unused.retain(|allowed| *allowed != path);
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
    let cases = [
        ("crates/shop/src/lib.rs", "fn f() {\n    todo!()\n}", "crates/shop/src/lib.rs:2: todo!"),
        ("crates/shop/src/lib.rs", "mod utils;", "crates/shop/src/lib.rs:1: a module is named"),
        ("tests/tests/it.rs", "#[allow(dead_code)]\nfn f() {}", "tests/tests/it.rs:1: an exception"),
        ("xtask/src/main.rs", &"fn f() {}\n".repeat(401), "xtask/src/main.rs:1: 401 lines"),
        ("crates/shop/src/till.rs", &"fn f() {}\n".repeat(401), "crates/shop/src/till.rs:1: 401 lines"),
    ];
    for (path, text, expected) in cases {
        let told = problems(path, &Source::parse(text).unwrap()).join("\n");
        assert!(told.starts_with(expected), "{told:?}");
    }
    for (path, text) in [
        ("crates/shop/src/lib.rs", "fn f() {}\n".repeat(400)),
        ("crates/shop/tests/it/main.rs", "fn f() {}\n".repeat(401)),
        ("crates/shop/src/lib.rs", "fn f() { sleep() }".to_owned()),
        ("tests/src/bin/e2e.rs", "fn f() { sleep() }".to_owned()),
    ] {
        let source = Source::parse(&text).unwrap();
        assert!(problems(path, &source).is_empty() && sleeps(path, &source).is_empty(), "{path}");
    }
    assert_eq!(sleeps("crates/shop/tests/it/main.rs", &Source::parse("use std::thread::sleep;").unwrap()), [1]);
    assert!(has_empty_name(&root().join("crates/shop/src/utils/mod.rs")));
    assert!(!has_empty_name(&root().join("crates/shop/src/till.rs")));
}
