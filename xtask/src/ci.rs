//! What has to pass before a change is accepted: the same here and in `.ci/run`.
#![expect(clippy::print_stderr, reason = "the progress and the summary of the steps")]

use std::time::{Duration, Instant};

use telemetry_core::readable;

use crate::background::Background;
use crate::command::{Action, Command, Result, no_arguments};
use crate::domains::catalogues;
use crate::process::{EVERYTHING, cargo, run as run_program};
use crate::{check_bundle, deny, e2e, gen_dashboards, go_tools, grammar, nginx, outside, postgres, test, workspace};

pub(crate) const COMMAND: Command = Command {
    name: "ci",
    summary: "Run every check that a change has to pass; needs Go",
    usage: "",
    flags: "",
    action: Action::Own(run),
};

/// A step and what it does. One that cannot run has failed.
type Step<'a> = (&'static str, Box<dyn FnOnce() -> Result + 'a>);

fn run(parser: lexopt::Parser) -> Result {
    no_arguments(parser)?;
    let begun = Instant::now();
    // They take minutes on a clean machine and nothing of the first steps.
    let tools = Background::start("tools", || {
        go_tools::build()?;
        nginx::get()?;
        postgres::get()?;
        deny::TOOL.install()
    });
    let first: [Step<'_>; 6] = [
        ("format", Box::new(|| run_program(&mut cargo(["fmt", "--all", "--check"])))),
        ("clippy", Box::new(clippy)),
        ("clippy, least features", Box::new(clippy_least)),
        ("documentation", Box::new(documentation)),
        ("tests", Box::new(test::all)),
        ("tools", Box::new(|| tools.join())),
    ];
    let mut outcomes = Outcome::of_all(first);
    let rest: [Step<'_>; 9] = [
        ("tests, without bound instruments", Box::new(unbound)),
        ("tests, without prices", Box::new(unpriced)),
        ("an application outside the workspace", Box::new(|| outside::test("examples/outside"))),
        ("loom tests", Box::new(loom)),
        ("generated files", Box::new(gen_dashboards::check_committed)),
        ("bundle", Box::new(check_bundle::check_committed)),
        ("PromQL's grammar", Box::new(grammar::check)),
        ("dependencies", Box::new(deny::check)),
        ("end to end", Box::new(e2e::after_tests)),
    ];
    outcomes.extend(Outcome::of_all(rest));
    summarize(&outcomes, begun.elapsed())
}

fn clippy() -> Result {
    run_program(cargo(["clippy", "--all-targets"]).args(EVERYTHING).args(["--", "--deny", "warnings"]))
}

/// What an application gets that turns off all features. The tests need more than that.
fn clippy_least() -> Result {
    let mut clippy = cargo(["clippy", "--lib", "--no-default-features"]);
    for catalogue in catalogues() {
        clippy.args(["--package", catalogue.crate_name()]);
    }
    run_program(clippy.args(["--", "--deny", "warnings"]))
}

/// The same tests of recording, over opentelemetry's ordinary instruments.
fn unbound() -> Result {
    let test = ["test", "--package", "telemetry-core", "--no-default-features", "--features", "otlp", "--test", "it"];
    run_program(&mut cargo(test))
}

/// Calls to models where the table of prices is left out.
fn unpriced() -> Result {
    run_program(&mut cargo(["test", "--package", "telemetry-llm", "--no-default-features", "--test", "without_prices"]))
}

fn documentation() -> Result {
    run_program(cargo(["doc", "--no-deps"]).args(EVERYTHING).env("RUSTDOCFLAGS", "--deny warnings"))
}

/// The lock-free parts, under a scheduler that tries every order of their steps.
fn loom() -> Result {
    let mut loom = cargo(["test", "--package", "telemetry-loom", "--release"]);
    // Flags that differ would rebuild everything in the ordinary folder.
    loom.env("RUSTFLAGS", "--cfg loom").env("CARGO_TARGET_DIR", workspace::target().join("loom"));
    run_program(&mut loom)
}

struct Outcome {
    name: &'static str,
    took: Duration,
    result: Result,
}

impl Outcome {
    fn of_all<'a>(steps: impl IntoIterator<Item = Step<'a>>) -> Vec<Self> {
        steps.into_iter().map(|(name, step)| Self::of(name, step)).collect()
    }

    fn of(name: &'static str, step: impl FnOnce() -> Result) -> Self {
        eprintln!("\n=== {name}");
        let begun = Instant::now();
        let result = step();
        let outcome = Self { name, took: begun.elapsed(), result };
        eprintln!("{outcome}");
        outcome
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verdict = if self.result.is_ok() { "pass" } else { "FAIL" };
        write!(f, "{verdict}  {:>6.1} s  {}", self.took.as_secs_f64(), self.name)?;
        match &self.result {
            Ok(()) => Ok(()),
            Err(error) => write!(f, ": {}", readable(error).keep_lines()),
        }
    }
}

fn summarize(outcomes: &[Outcome], took: Duration) -> Result {
    eprintln!();
    for outcome in outcomes {
        eprintln!("{outcome}");
    }
    let failed = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    eprintln!("{} passed, {failed} failed in {:.0} s", outcomes.len() - failed, took.as_secs_f64());
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} steps failed", outcomes.len()).into()) }
}
