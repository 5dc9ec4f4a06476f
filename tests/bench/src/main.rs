//! What recording costs, measured beside other libraries in one interleaved run: `cargo xtask bench`.
//!
//! Nanoseconds differ from machine to machine; what is promised are the ratios. At one thread the least of all slices
//! counts, which other load on the machine does not change; at two threads the median, which it does.
#![expect(clippy::print_stdout, reason = "the tables are what it is for")]

mod candidates;
mod collecting;
mod guards;
mod http;
mod interleave;
mod logs;
mod many;
mod pipeline;
mod report;
mod spans;
mod workload;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use candidates::{LIMIT, OURS, OURS_HELD};
use interleave::{Measured, Threads};
use report::Rule;

const USAGE: &str = "cargo xtask bench [--quick] [--check]

  --quick   a few seconds instead of a minute: enough for a look, not for a verdict
  --check   exit with 1 if a limit is missed";

struct Options {
    quick: bool,
    check: bool,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some(options) = options()? else {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    };
    if cfg!(debug_assertions) {
        return Err("only a release build says something: cargo xtask bench".into());
    }
    let rules = run(options.quick);
    println!("limits\n{:>6}  {:>8}", "", "measured");
    rules.iter().for_each(|rule| println!("{rule}"));
    let missed = rules.iter().filter(|rule| !rule.is_kept()).count();
    println!("\n{} of {} limits kept", rules.len() - missed, rules.len());
    Ok(if options.check && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::Arg::Long;
    let mut options = Options { quick: false, check: false };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("quick") => options.quick = true,
            Long("check") => options.check = true,
            Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

/// Prints the tables; returns what may not exceed what.
fn run(quick: bool) -> Vec<Rule> {
    let (rounds, collections, each) =
        if quick { (60, 10, Duration::from_millis(300)) } else { (600, 100, Duration::from_secs(3)) };
    let mut rules = Vec::new();

    let composite = interleave::measure(&candidates::composite(), rounds, Threads::OneAndTwo);
    println!("{}", report::times("composite: one tool execution in three metrics", &composite));
    rules.extend(composite_rules(&composite));

    let counter = interleave::measure(&candidates::counter(), rounds, Threads::OneAndTwo);
    println!("{}", report::times("a counter whose handle is held", &counter));
    let (limit, held) = (find(&counter, LIMIT), find(&counter, OURS_HELD));
    rules.push(ratio("counter, handle held: to one relaxed fetch_add", held.one / limit.one, 1.3));

    let spans = interleave::measure(&spans::candidates(), rounds / 4, Threads::One);
    println!("{}", report::times("a guard whose span is not sampled", &spans));
    let plain = find(&spans, spans::PLAIN).one;
    rules.extend(GUARD_RULES.map(|(what, name)| ratio(what, find(&spans, name).one / plain, 0.5)));
    rules.extend(ALLOCATION_RULES.map(|(what, name)| {
        let measured = find(&spans, name).allocations;
        Rule { what, measured, at_most: 0.0, unit: "" }
    }));

    let guards = interleave::measure(&guards::candidates(), rounds, Threads::OneAndTwo);
    println!("{}", report::times("two threads that guard one entity", &guards));
    let leased = find(&guards, guards::LEASED);
    let two = leased.two.unwrap_or(f64::NAN);
    rules.push(ratio("two threads that guard one entity: to one thread", two / leased.one, 1.5));
    let what = "allocations of a guard";
    rules.push(Rule { what, measured: leased.allocations, at_most: 0.0, unit: "" });

    let requests = interleave::measure(&http::candidates(), rounds / 8, Threads::One);
    println!("{}", report::times("an HTTP request", &requests));
    let of = |name| find(&requests, name).one;
    let above = of(http::UNSAMPLED) - of(http::BARE);
    let what = "HTTP request, span sampled out: above the bare service";
    rules.push(Rule { what, measured: above, at_most: 2_000.0, unit: "ns" });
    rules.push(ratio("HTTP request with its span: to tower-http's", of(http::SAMPLED) / of(http::PEER), 1.5));

    let lines = interleave::measure(&logs::candidates(), rounds / 8, Threads::OneAndTwo);
    println!("{}", report::times("a log event", &lines));
    let of = |name| find(&lines, name).one;
    rules.push(ratio("a masked line: to tracing-subscriber's JSON", of(logs::LINE) / of(logs::PEER), 1.3));

    let heap = many::heap();
    println!("{}", report::heap(&heap));
    let of = |name| heap.iter().find(|row| row.0 == name).map_or(f64::NAN, |row| row.1);
    rules.push(ratio("heap of a series: to prometheus", of(OURS) / of(many::HEAP_PEER), 1.0));

    let latencies = collecting::while_collected(each);
    println!("{}", report::latencies(&latencies));
    let p99 = latencies.iter().find(|row| row.name == collecting::OURS).map_or(f64::NAN, |row| row.p99 as f64);
    rules.push(Rule { what: "p99 of a recording under collection", measured: p99, at_most: 1_000.0, unit: "ns" });

    let (ours, sdk) = collecting::collect_and_encode(collections);
    println!("collecting and encoding {} series\n{:44}{ours:>6.2} ms", many::SERIES, "telemetry-core");
    println!("{:44}{sdk:>6.2} ms\n", "opentelemetry");
    rules.push(ratio("collecting and encoding: to the SDK alone", ours / sdk, 1.2));
    rules
}

const GUARD_RULES: [(&str, &str); 8] = [
    ("span of a guard, not sampled: to info_span!", spans::GUARD),
    ("whole tool run, span not sampled: to info_span!", spans::TOOL_RUN),
    ("LLM call without its span: to info_span!", spans::LLM_CALL),
    ("MCP call without its span: to info_span!", spans::MCP_CALL),
    ("database query without its span: to info_span!", spans::DB_QUERY),
    ("database query of a text, without its span: to info_span!", spans::DB_STATEMENT),
    ("agent turn with a tool call, without spans: to info_span!", spans::AGENT_TURN),
    ("cost of a call, for agent and task: to info_span!", spans::SCOPE_COST),
];

const ALLOCATION_RULES: [(&str, &str); 6] = [
    ("allocations of an LLM call without its span", spans::LLM_CALL),
    ("allocations of an MCP call without its span", spans::MCP_CALL),
    ("allocations of a database query without its span", spans::DB_QUERY),
    ("allocations of a database query of a text", spans::DB_STATEMENT),
    ("allocations of an agent turn with a tool call", spans::AGENT_TURN),
    ("allocations of a cost, for agent and task", spans::SCOPE_COST),
];

fn composite_rules(measured: &[Measured]) -> Vec<Rule> {
    let (limit, ours) = (find(measured, LIMIT), find(measured, OURS));
    let peers = measured.iter().filter(|row| candidates::looks_up(row.name));
    let fastest = peers.map(|row| row.one).fold(f64::INFINITY, f64::min);
    let two = ours.two.zip(limit.two).map_or(f64::NAN, |(ours, limit)| ours / limit);
    vec![
        ratio("composite, one thread: to the limit", ours.one / limit.one, 1.3),
        ratio("composite, two threads: to the limit", two, 2.0),
        ratio("composite, one thread: to the fastest peer that looks up", ours.one / fastest, 1.0),
        Rule { what: "allocations of the composite", measured: ours.allocations, at_most: 0.0, unit: "" },
    ]
}

fn ratio(what: &'static str, measured: f64, at_most: f64) -> Rule {
    Rule { what, measured, at_most, unit: "x" }
}

/// The row of that name, which is there because the candidates say so.
fn find<'a>(measured: &'a [Measured], name: &str) -> &'a Measured {
    measured.iter().find(|row| row.name == name).expect("every candidate is measured")
}
