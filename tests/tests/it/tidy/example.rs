//! The example's platform is code to copy: it names nothing of what stands beside it.

use super::source::Source;
use super::sources::sources;

/// Where it is.
const PLATFORM: &str = "examples/agent-platform/src/platform/";

/// The paths of a file that lead out of the platform; `inside` is the file's own path below it.
fn leading_out(inside: &str, source: &Source) -> Vec<String> {
    // A file is a module below its folders, `mod.rs` is the folder's.
    let depth = inside.split('/').count() - usize::from(inside.ends_with("mod.rs"));
    let leads_out = |segments: &[String], inline: usize| {
        let ups = segments.iter().take_while(|segment| *segment == "super").count();
        let from_root = segments.first().is_some_and(|first| first == "crate");
        ups > depth + inline || from_root && segments.get(1).is_none_or(|second| second != "platform")
    };
    let paths = source.paths();
    let out = paths.iter().filter(|path| leads_out(&path.segments, path.depth));
    out.map(|path| path.segments.join("::")).collect()
}

#[test]
fn the_platform_of_the_example_stands_alone() {
    let files: Vec<_> =
        sources().iter().filter_map(|(path, source)| Some((path.strip_prefix(PLATFORM)?, source))).collect();
    assert!(!files.is_empty(), "there is nothing in {PLATFORM}");
    let problems: Vec<String> = files
        .into_iter()
        .flat_map(|(path, source)| leading_out(path, source).into_iter().map(move |out| format!("{path}: {out}")))
        .collect();
    assert!(problems.is_empty(), "the platform needs what is not part of it:\n{}", problems.join("\n"));
}

#[test]
fn what_leads_out_of_the_platform_is_told() {
    let out = |path: &str, text: &str| leading_out(path, &Source::parse(text).unwrap()).join(", ");
    let till = "use crate::platform::till::Till;\nuse super::super::metrics;\nuse serde::Serialize;";
    assert_eq!(out("shop/sale.rs", till), "");
    assert_eq!(out("shop/sale.rs", "use crate::check::Ledger;"), "crate::check::Ledger");
    assert_eq!(out("shop/mod.rs", "use super::super::check;"), "super::super::check");
    assert_eq!(out("mod.rs", "fn f() { crate::check::note() }"), "crate::check::note");
}
