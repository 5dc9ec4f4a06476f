//! The tables, and what is too slow.

use std::fmt::{self, Write};

use crate::collecting::Latencies;
use crate::interleave::Measured;

/// A rule of what something may cost at most.
pub(crate) struct Rule {
    pub(crate) what: &'static str,
    pub(crate) measured: f64,
    pub(crate) at_most: f64,
    pub(crate) unit: &'static str,
}

impl Rule {
    pub(crate) fn is_kept(&self) -> bool {
        self.measured <= self.at_most
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, measured, at_most, unit } = self;
        let verdict = if self.is_kept() { "ok" } else { "MISSED" };
        write!(f, "{verdict:>6}  {measured:>8.2}  at most {at_most:>8.2} {unit:<14} {what}")
    }
}

/// Names and numbers; ratios are to the first row.
pub(crate) fn times(title: &str, measured: &[Measured]) -> String {
    let mut table = format!("{title}\n{:44}{:>9}{:>8}", "", "1 thread", "ratio");
    let two_threads = measured.iter().any(|row| row.two.is_some());
    if two_threads {
        let _ = write!(table, "{:>11}{:>8}", "2 threads", "ratio");
    }
    let _ = writeln!(table, "{:>13}", "allocations");
    let Some(first) = measured.first() else { return table };
    for row in measured {
        let _ = write!(table, "{:44}{:>6.1} ns{:>8.2}", row.name, row.one, row.one / first.one);
        if let (Some(two), Some(base)) = (row.two, first.two) {
            let _ = write!(table, "{:>8.1} ns{:>8.2}", two, two / base);
        } else if two_threads {
            let _ = write!(table, "{:19}", "");
        }
        let _ = writeln!(table, "{:>13.1}", row.allocations);
    }
    table
}

pub(crate) fn heap(rows: &[(&'static str, f64)]) -> String {
    let mut table = format!("heap of {} histogram series of 12 buckets, handles included\n", crate::many::SERIES);
    for (name, bytes) in rows {
        let _ = writeln!(table, "{name:44}{bytes:>6.0} bytes a series");
    }
    table
}

pub(crate) fn latencies(rows: &[Latencies]) -> String {
    let mut table = format!("one recording while {} series are collected back to back, in ns\n", crate::many::SERIES);
    let _ = writeln!(table, "{:44}{:>7}{:>8}{:>9}{:>11}{:>13}", "", "p50", "p99", "p99.9", "slowest", "collections");
    for Latencies { name, p50, p99, p999, worst, collections } in rows {
        let _ = writeln!(table, "{name:44}{p50:>7}{p99:>8}{p999:>9}{worst:>11}{collections:>13}");
    }
    table
}
