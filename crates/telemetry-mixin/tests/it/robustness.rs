//! Whatever is typed: no panic and no overflow.

use proptest::prelude::*;
use telemetry_core::Namespace;
use telemetry_mixin::promql::{Checker, Role};

use crate::catalogue::CATALOGUE;

/// Pieces from which most sequences are wrong in a way that a person's typing is wrong, too.
const PIECES: [&str; 48] = [
    "sum",
    "by",
    "without",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    "rate",
    "histogram_quantile",
    "runtime_tool_errors_total",
    "runtime_tool_execute_seconds_bucket",
    "tool_id",
    "le",
    "=",
    "=~",
    "!=",
    "!~",
    "\"",
    "'",
    "`",
    "\"start\"",
    "5m",
    "$__rate_interval",
    "${x:csv}",
    "[[y]]",
    "$",
    "offset",
    "@",
    "-",
    "+",
    "0.95",
    "1e99",
    "0x1F",
    ">",
    "==",
    "bool",
    "on",
    "group_left",
    "and",
    "or",
    "#",
    "\n",
    ":",
    "é",
    " ",
];

fn survives(text: &str) {
    let checker = Checker::new(&[CATALOGUE], &Namespace::DEFAULT);
    for role in [Role::Panel, Role::Alert, Role::Recording] {
        if let Err(problems) = checker.check(text, role) {
            for problem in problems {
                let shown = problem.in_expression(text).to_string();
                assert!(shown.contains("error: "), "{shown}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,60}") {
        survives(&text);
    }

    #[test]
    fn any_sequence_of_promql_is_read_without_panic(pieces in proptest::collection::vec(0..PIECES.len(), 0..24)) {
        survives(&pieces.iter().map(|piece| PIECES[*piece]).collect::<String>());
        survives(&pieces.iter().map(|piece| PIECES[*piece]).collect::<Vec<_>>().join(" "));
    }
}

/// Found by fuzzing: what the parser would panic of is a mistake like any other.
#[test]
fn a_number_with_a_letter_in_it_is_explained() {
    let checker = Checker::new(&[CATALOGUE], &Namespace::DEFAULT);
    for text in ["rate(runtime_tool_errors_total[5stoxm])", "rate(runtime_tool_errors_total[5x])"] {
        let problems = checker.check(text, Role::Panel).expect_err("it is no time");
        let said: Vec<String> = problems.iter().map(|problem| problem.in_expression(text).to_string()).collect();
        assert!(said.iter().all(|said| !said.contains("cannot read")), "{said:?}");
    }
}

#[test]
fn deep_and_long_expressions_are_refused_rather_than_overflowing() {
    survives(&"(".repeat(10_000));
    survives(&format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000)));
    survives(&"-".repeat(10_000));
    survives(&format!("1{}", " + 1".repeat(20_000)));
    survives(&format!("1{}", " + 1".repeat(150)));
    survives(&format!("{}up", "-".repeat(150)));
    survives(&format!("{}up{}", "sum(".repeat(50), ")".repeat(50)));
}
