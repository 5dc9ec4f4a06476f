//! The end-to-end tests: the example platform against the real collector and Prometheus, as `deploy` configures them,
//! streams behind the real nginx, and queries of a real PostgreSQL.
//!
//! `cargo xtask e2e` builds what is needed and runs this.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the tests report to whoever runs them")]

mod alertmanager;
mod contract;
mod faults;
mod first;
mod flat;
mod jaeger;
mod large;
mod load;
mod mcp;
mod names;
mod native;
mod outage;
mod panels;
mod phoenix;
mod postgres;
mod preview;
mod report;
mod rules;
mod sink;
mod spans;
mod stack;
mod streams;
mod told;
mod values;
mod victoria;
mod watched;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt as _};
use telemetry_tests::{Failure, program};

use report::Report;
use stack::Site;

const HELP: &str = "\
Usage: e2e --tools DIR --platform FILE [--only SCENARIO]

Flags:
  --tools DIR        where otelcol, prometheus, nginx, postgres and python are
  --platform FILE    the example platform
  --only SCENARIO    one of: contract, first, large, outage, streams, told, postgres, flat, faults, native,
                     mcp, phoenix, jaeger, victoria, preview
  --all              flat, faults, native, jaeger and victoria as well; mcp and phoenix, which need Python; and preview,
                     which needs Chromium
  --minutes N        how long flat watches the platform's memory; default 5; 10 see more";

/// A scenario: what it is called, what it shows, and how it runs.
type Scenario = (&'static str, &'static str, fn(&Site, &mut Report) -> Result<(), Failure>);

const SCENARIOS: [Scenario; 7] = [
    ("contract", "every metric arrives under its name, labels and buckets; panels and rules read them", contract::run),
    ("first", "what short processes recorded is what increases and quantiles say, on every way in", first::run),
    ("large", "500 spans and log records of 10 kB and 100,000 series pass the collector's default limits", large::run),
    ("outage", "the collector is killed for 30 s under load, and nothing is missing afterwards", outage::run),
    ("streams", "nginx in front of streams passes events on one by one and keeps its connections", streams::run),
    ("told", "the real Alertmanager tells whom it shall, when it shall, and keeps quiet otherwise", told::run),
    ("postgres", "queries of a real PostgreSQL are measured through sqlx", postgres::run),
];

/// What is beyond what each change has to pass.
const BEYOND: [Scenario; 8] = [
    ("flat", "the platform's memory under load stays where it was after the first minute", flat::run),
    ("faults", "faults of the running platform are told by webhook, and so is their end", faults::run),
    (
        "native",
        "the bundle over native histograms: every panel has data, counts and quantiles are the truth's",
        native::run,
    ),
    ("mcp", "a server of Python's SDK refuses, fails, dies and comes back", mcp::run),
    ("phoenix", "Arize Phoenix shows calls, tools, costs and conversations as what they are", phoenix::run),
    ("jaeger", "Jaeger shows numbers as numbers, work done later as linked, and tools and agents as such", jaeger::run),
    (
        "victoria",
        "VictoriaMetrics in Prometheus's place: its bundle's panels, variables, rules and counts",
        victoria::run,
    ),
    ("preview", "Chromium shows the pictures of all dashboards, and no panel of the platform lacks data", preview::run),
];

fn main() -> ExitCode {
    match run(Parser::from_env()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut parser: Parser) -> Result<ExitCode, Failure> {
    let (mut tools, mut platform, mut only, mut all, mut minutes) = (None, None, None, false, 5_u64);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("help") | Arg::Short('h') => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            Arg::Long("tools") => tools = Some(PathBuf::from(parser.value()?)),
            Arg::Long("platform") => platform = Some(PathBuf::from(parser.value()?)),
            // What the scenario "large" starts.
            Arg::Long("produce") => {
                large::produce(&parser.value()?.string()?)?;
                return Ok(ExitCode::SUCCESS);
            }
            // What the scenario "first" starts.
            Arg::Long("spend") => {
                first::spend_once(&parser.value()?.string()?)?;
                return Ok(ExitCode::SUCCESS);
            }
            Arg::Long("all") => all = true,
            Arg::Long("minutes") => minutes = parser.value()?.parse()?,
            Arg::Long("only") => only = Some(parser.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let (Some(tools), Some(platform)) = (tools, platform) else { return Err(HELP.into()) };
    if let Some(only) = &only
        && SCENARIOS.iter().chain(&BEYOND).all(|(name, ..)| name != only)
    {
        return Err(format!("there is no scenario {only:?}").into());
    }
    program::kill_all_when_stopped()?;
    let mut report = Report::default();
    let beyond = BEYOND.iter().filter(|_| all || only.is_some());
    for &(name, shows, scenario) in SCENARIOS.iter().chain(beyond) {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        println!("\n{name}: {shows}");
        let site = Site::new(&tools, &platform, name, Duration::from_secs(60 * minutes))?;
        let ran = scenario(&site, &mut report);
        report.check(format!("{name} ran to its end"), ran);
    }
    println!("{report}");
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
