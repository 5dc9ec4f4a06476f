//! The load's spans in a back end for traces: sent there, and shown there.

use std::collections::BTreeMap;
use std::time::Duration;

use agent_platform::Ended;
use telemetry_testkit::OtlpSink;
use telemetry_tests::{Failure, poll};

use crate::load::Load;
use crate::report::Report;
use crate::stack::Site;

/// A load that has ended, whose spans a back end was sent.
pub(crate) struct Sent {
    pub(crate) ended: Ended,
    /// What took the rest: a back end for traces takes spans, and nothing else.
    pub(crate) sink: OtlpSink,
}

impl Sent {
    /// Runs the load to its end; its spans go to that port.
    pub(crate) fn to(port: u16, site: &Site, env: &[(&str, &str)], report: &mut Report) -> Result<Self, Failure> {
        let sink = OtlpSink::builder().start()?;
        let traces = format!("http://127.0.0.1:{port}");
        let always = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*traces), ("TELEMETRY_SHUTDOWN_TIMEOUT", "40s")];
        let load = Load::start(site, &sink.endpoint(), &["--rate", "20"], &[&always, env].concat())?;
        let ended = load.stop()?;
        report.progress(format!("the load has ended; its telemetry shut down {}", ended.shutdown));
        Ok(Self { ended, sink })
    }

    /// What the back end shows, once that is every span by its name, or when the time is over.
    pub(crate) fn shown<T: Default>(
        &self,
        within: Duration,
        report: &mut Report,
        read: impl Fn() -> Result<T, Failure>,
        names: impl Fn(&T) -> BTreeMap<String, u64>,
    ) -> T {
        let mut shown = T::default();
        let recorded = &self.ended.recorded.spans;
        let arrived = poll::until(within, "every span is shown", || {
            shown = read()?;
            let names = names(&shown);
            if names == *recorded { Ok(()) } else { Err(Failure::from(format!("{names:?}, not {recorded:?}"))) }
        });
        report.check("every span is shown", arrived);
        shown
    }
}

/// How often each name occurs.
pub(crate) fn count<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    counts
}
