//! The tables of the report, and whether all is as it should be.

use std::fmt;

/// Tables of what arrived, and whether it is what it should be.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    tables: Vec<Table>,
    /// One trace, as a tree.
    trace: String,
    checks: Vec<(String, bool)>,
}

#[derive(Debug)]
pub(super) struct Table {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row>,
}

/// One metric, span name or log message.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    /// Its kind, or nothing.
    pub(super) kind: &'static str,
    /// How many series it has, or nothing.
    pub(super) series: Option<usize>,
    /// What arrived, in words.
    pub(super) arrived: String,
    /// How much the platform recorded; `None` where it did not count.
    pub(super) recorded: Option<u64>,
    pub(super) good: bool,
}

impl Verdict {
    pub(super) fn table(&mut self, table: Table) {
        self.tables.push(table);
    }

    /// Shows a trace beneath the tables.
    pub(crate) fn show(&mut self, trace: String) {
        self.trace = trace;
    }

    /// Adds a check that the tables do not show.
    pub(crate) fn check(&mut self, what: impl Into<String>, good: bool) {
        self.checks.push((what.into(), good));
    }

    pub(crate) fn is_good(&self) -> bool {
        self.tables.iter().flat_map(|table| &table.rows).all(|row| row.good)
            && self.checks.iter().all(|(_, good)| *good)
    }
}

fn mark(good: bool) -> &'static str {
    if good { "ok" } else { "WRONG" }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in &self.tables {
            let (kind, series) =
                if table.rows.iter().any(|row| row.series.is_some()) { ("kind", "series") } else { ("", "") };
            writeln!(f, "{:<38} {kind:<13} {series:>6}  {:<34} {:>8}", table.title, "arrived", "recorded")?;
            for row in &table.rows {
                let series = row.series.map(|series| series.to_string()).unwrap_or_default();
                let recorded = row.recorded.map_or("-".to_owned(), |recorded| recorded.to_string());
                let (name, kind, arrived) = (&row.name, row.kind, &row.arrived);
                writeln!(f, "{name:<38} {kind:<13} {series:>6}  {arrived:<34} {recorded:>8}  {}", mark(row.good))?;
            }
            writeln!(f)?;
        }
        if !self.trace.is_empty() {
            writeln!(f, "{}", self.trace)?;
        }
        for (what, good) in &self.checks {
            writeln!(f, "{:<5} {what}", mark(*good))?;
        }
        let wrong = self.tables.iter().flat_map(|table| &table.rows).filter(|row| !row.good).count()
            + self.checks.iter().filter(|(_, good)| !good).count();
        match wrong {
            0 => f.write_str("All is as recorded."),
            wrong => write!(f, "{wrong} of these are wrong."),
        }
    }
}
