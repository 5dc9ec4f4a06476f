//! What the pull endpoint says beside what was recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::num::ParseFloatError;

use super::ledger::Recorded;
use super::verdict::Verdict;

/// The totals of the pull endpoint by the name of the sample.
#[derive(Debug)]
pub(crate) struct Pulled(BTreeMap<String, f64>);

impl Pulled {
    /// Reads what the endpoint said.
    pub(crate) fn read(text: &str) -> Result<Self, ParseFloatError> {
        let mut totals = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((series, value)) = line.rsplit_once(' ') else { continue };
            let name = series.split('{').next().unwrap_or_default();
            *totals.entry(name.to_owned()).or_default() += value.parse::<f64>()?;
        }
        Ok(Self(totals))
    }
}

impl Verdict {
    /// Compares what the pull endpoint said with what the platform did.
    pub(crate) fn pulled(&mut self, recorded: &Recorded, pulled: &Pulled) {
        let names: BTreeSet<&str> = recorded.series.iter().map(|series| &*series.name).collect();
        let differs = |name: &&str| {
            let value = pulled.0.get(*name).or_else(|| pulled.0.get(&format!("{name}_count")));
            value.copied() != recorded.total(name).map(|total| total as f64)
        };
        let wrong: Vec<&str> = names.iter().copied().filter(differs).collect();
        self.check(format!("the pull endpoint had the same of {} metrics", names.len() - wrong.len()), true);
        if !wrong.is_empty() {
            self.check(format!("the pull endpoint had something else of {}", wrong.join(", ")), false);
        }
    }
}
