//! `grammar`: the parser of `check-rules` beside Prometheus's own, on every expression of Prometheus's own tests.
#![expect(clippy::print_stdout, reason = "the command reports to whoever runs it")]

use serde_json::Value;
use telemetry_core::readable;
use telemetry_mixin::promql::selectors;

use crate::command::{Action, Command, Result, no_arguments};
use crate::{go_tools, process};

pub(crate) const COMMAND: Command = Command {
    name: "grammar",
    summary: "Compare the parser of check-rules with Prometheus's own tests; needs Go",
    usage: "",
    flags: "",
    action: Action::Own(|parser| {
        no_arguments(parser)?;
        go_tools::build()?;
        check()
    }),
};

/// What Prometheus refuses and the checker does not, by Prometheus's words: none of it is a mistake that people make.
const NOT_REFUSED: [&str; 7] = [
    // JSON, in which the table comes, has no broken texts.
    "invalid UTF-8 rune",
    // Values that are known only when they are calculated.
    "duration must be greater than 0",
    "division by zero",
    "modulo by zero",
    // The second argument of `info` may be any vector.
    "expected label selectors only",
    // `start()` and `end()`, which are functions after 3.9.
    "parse error: unexpected \"(\"",
    // A number of 300 digits.
    "value out of range",
];

/// There are as many in Prometheus 3.9 at least; fewer have not been found.
const LEAST: usize = 1_500;

/// Every expression that Prometheus takes is taken, with as many selectors, and what it refuses is refused.
pub(crate) fn check() -> Result {
    let table = process::output(&mut go_tools::promql())?;
    let rows: Vec<Value> = serde_json::from_str(&table)?;
    let (mut taken, mut refused, mut wrong) = (0, 0, Vec::new());
    for row in &rows {
        let input = row["input"].as_str().ok_or("a row without an input")?;
        let said = selectors(input);
        let problem = match (row["error"].as_str(), said) {
            (None, Ok(found)) if row["selectors"] == found => {
                taken += 1;
                continue;
            }
            (None, Ok(found)) => format!("has {} selectors, and {found} are found", row["selectors"]),
            (None, Err(problem)) => format!("is refused: {}", problem.message),
            (Some(error), Ok(_)) if !NOT_REFUSED.iter().any(|known| error.contains(known)) => {
                format!("is taken, and Prometheus says {error}")
            }
            (Some(_), _) => {
                refused += 1;
                continue;
            }
        };
        let source = row["source"].as_str().unwrap_or_default();
        wrong.push(format!("{source}: `{input}` {problem}"));
    }
    if taken < LEAST {
        wrong.push(format!("only {taken} expressions are taken, and {LEAST} at least are known"));
    }
    if !wrong.is_empty() {
        return Err(readable(wrong.join("\n")).keep_lines().to_string().into());
    }
    println!("{taken} expressions of Prometheus's tests are parsed, {refused} are no expressions");
    Ok(())
}
