//! The checks of an end-to-end run as they are told.
#![expect(clippy::print_stdout, reason = "each check is reported when it is known")]

use std::fmt;
use std::time::Instant;

use telemetry_tests::Failure;

/// The checks so far.
pub(crate) struct Report {
    begun: Instant,
    checks: Vec<(String, Option<String>)>,
}

impl Default for Report {
    fn default() -> Self {
        Self { begun: Instant::now(), checks: Vec::new() }
    }
}

impl Report {
    /// Says how far a scenario is.
    pub(crate) fn progress(&self, what: impl fmt::Display) {
        println!("{:>5.0} s  {what}", self.begun.elapsed().as_secs_f64());
    }

    /// Notes a check and how it went.
    pub(crate) fn check(&mut self, what: impl Into<String>, result: Result<(), Failure>) {
        let check = (what.into(), result.err().map(|error| error.to_string()));
        self.progress(line(&check));
        self.checks.push(check);
    }

    pub(crate) fn is_good(&self) -> bool {
        !self.checks.is_empty() && self.failed() == 0
    }

    fn failed(&self) -> usize {
        self.checks.iter().filter(|(_, error)| error.is_some()).count()
    }
}

fn line((what, error): &(String, Option<String>)) -> String {
    match error {
        None => format!("PASS  {what}"),
        Some(error) => format!("FAIL  {what}: {error}"),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        for check in &self.checks {
            writeln!(f, "{}", line(check))?;
        }
        let failed = self.failed();
        write!(f, "{} passed, {failed} failed", self.checks.len() - failed)
    }
}
