//! Whether the platform's memory grows under load: what is done is forgotten.

use std::thread;
use std::time::Duration;

use telemetry_tests::{Failure, poll};

use crate::contract::{ARRIVE, JOB};
use crate::load::Load;
use crate::report::Report;
use crate::stack::{Site, Stack};

/// How long all that is kept for good takes to be there: labels, pools, the allocator's own.
const WARM: Duration = Duration::from_secs(60);
/// How much more there may be after that, in bytes a minute. Of finished tasks that are kept, 60 operations a second would
/// leave some 9 MB, on a machine that can do as many.
const A_MINUTE: f64 = 500_000.0;
/// And how much whatever the time: the memory of one moment is not that of another.
const NOISE: f64 = 4_000_000.0;

/// What of the platform's memory is in use, on average of the last seconds, as it says itself.
const RESIDENT: &str = "avg_over_time(agentpane_process_memory_bytes{type=\"rss\"";

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let stack = Stack::start(site)?;
    let load = Load::start(site, &stack.endpoint(), &["--rate", "60", "--seed", "4"], &[])?;
    let resident = || -> Result<f64, Failure> {
        let samples = stack.scrape.query(&format!("{RESIDENT},job=\"{JOB}\"}}[20s])"))?;
        Ok(samples.first().ok_or("the platform says nothing of its memory")?.value)
    };
    // The time itself is what is tried, here and below: there is nothing to wait for that would come sooner.
    thread::sleep(WARM);
    let before = poll::until(ARRIVE, "the platform's memory", resident)?;
    report.progress(format!("{:.1} MB after {} s", before / 1e6, WARM.as_secs()));
    let mut after = before;
    let minutes = site.watch.as_secs() / 60;
    for minute in 1..=minutes {
        thread::sleep(Duration::from_secs(60));
        after = resident()?;
        report.progress(format!("{:.1} MB {minute} minutes later", after / 1e6));
    }
    let growth = after - before;
    let flat = match growth <= NOISE + A_MINUTE * minutes as f64 {
        true => Ok(()),
        false => Err(format!("it grew by {:.1} MB in {minutes} minutes", growth / 1e6).into()),
    };
    report.check(format!("memory stays where it was, within {minutes} minutes"), flat);
    let ended = load.stop()?;
    let done = ended.recorded.total("agentpane_http_requests_total").unwrap_or_default();
    report.progress(format!("{done} requests were answered"));
    report.check("the collector and Prometheus end when asked", stack.stop());
    Ok(())
}
