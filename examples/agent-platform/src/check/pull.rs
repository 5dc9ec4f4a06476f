//! What the pull endpoint says beside what was recorded.

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};

use super::ledger::Recorded;
use super::verdict::Verdict;
use crate::load::client;
use crate::program::session::{Failure, Session};

/// The totals of the pull endpoint by the name of the sample.
pub(crate) type Pulled = BTreeMap<String, f64>;

/// Reads the platform's own `/metrics`.
pub(crate) fn pull(session: &Session) -> Result<Pulled, Failure> {
    let Some(address) = session.metrics_address() else { return Err("there is no pull endpoint".into()) };
    let answer = session.runtime().block_on(client::call(Method::GET, address, "/metrics"))?;
    if answer.status() != StatusCode::OK {
        return Err(format!("http://{address}/metrics answered {}", answer.status()).into());
    }
    let mut totals = Pulled::new();
    for line in std::str::from_utf8(answer.body())?.lines().filter(|line| !line.starts_with('#')) {
        let Some((series, value)) = line.rsplit_once(' ') else { continue };
        let name = series.split('{').next().unwrap_or_default();
        *totals.entry(name.to_owned()).or_default() += value.parse::<f64>()?;
    }
    Ok(totals)
}

impl Verdict {
    /// Compares what the pull endpoint said with what the platform did.
    pub(crate) fn pulled(&mut self, recorded: &Recorded, pulled: &Pulled) {
        let names: BTreeSet<&str> = recorded.series.iter().map(|series| &*series.name).collect();
        let differs = |name: &&str| {
            let value = pulled.get(*name).or_else(|| pulled.get(&format!("{name}_count")));
            value.copied() != recorded.total(name).map(|total| total as f64)
        };
        let wrong: Vec<&str> = names.iter().copied().filter(differs).collect();
        self.check(format!("the pull endpoint had the same of {} metrics", names.len() - wrong.len()), true);
        if !wrong.is_empty() {
            self.check(format!("the pull endpoint had something else of {}", wrong.join(", ")), false);
        }
    }
}
