//! What is recorded: the same for every candidate.

use telemetry_core::Label;

/// How many tools there are.
pub(crate) const TOOLS: usize = 20;

/// The bounds of `runtime_tool_execute_seconds`.
pub(crate) const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The bounds of `runtime_tool_output_bytes`.
pub(crate) const BYTES: [f64; 6] = [100.0, 1e3, 1e4, 1e5, 1e6, 1e7];

#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "outcome")]
pub(crate) enum Outcome {
    Success,
    Error,
    Timeout,
    Cancelled,
}

/// One tool execution: what the composite records.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// The tool's place, for candidates that hold their cells.
    pub(crate) tool: usize,
    /// The tool's id, for candidates that look it up. Made at run time, so that nothing is known of it before.
    pub(crate) id: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) seconds: f64,
    pub(crate) bytes: f64,
}

/// The executions that one thread records: few enough for the caches, in an order that cannot be predicted.
pub(crate) fn samples(count: usize, seed: u64) -> Vec<Sample> {
    let mut random = fastrand::Rng::with_seed(seed);
    let ids: Vec<&'static str> = (0..TOOLS).map(id).collect();
    let sample = |_| {
        let tool = random.usize(..TOOLS);
        let outcome = match random.u8(..20) {
            0 => Outcome::Error,
            1 => Outcome::Timeout,
            2 => Outcome::Cancelled,
            _ => Outcome::Success,
        };
        Sample {
            tool,
            id: ids[tool],
            outcome,
            seconds: 1e-3 * 1e5_f64.powf(random.f64()),
            bytes: 10.0 * 1e6_f64.powf(random.f64()),
        }
    };
    (0..count).map(sample).collect()
}

/// The id of a tool.
pub(crate) fn id(tool: usize) -> &'static str {
    const WORDS: [&str; 5] = ["git-diff", "read-file", "search", "run-tests", "fetch-url"];
    String::leak(format!("{}-{tool}", WORDS[tool % WORDS.len()]))
}
