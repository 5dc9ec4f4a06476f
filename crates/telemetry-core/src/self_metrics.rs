//! What the telemetry measures of itself.

use crate::group::Family;
use crate::instrument::{Counter, Gauge};
use crate::meter::{Account, Meter};
use crate::{Label, MetricDef, Metrics};

/// One of the three signals of OpenTelemetry.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[label(name = "signal")]
pub enum Signal {
    /// Metrics.
    Metrics,
    /// Spans.
    Traces,
    /// Log records.
    Logs,
}

/// What a certificate of the exporters is for.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "certificate")]
pub enum CertificateUse {
    /// The collector is shown it, with those that vouch for it.
    Client,
    /// The collector's has to descend from it.
    Authority,
}

/// What is measured of the exporters.
#[derive(Metrics)]
#[metrics(scope = "telemetry.core", entity(), exempt)]
pub(crate) struct ExportMetrics {
    /// Exports that failed after all retries
    #[metric(name = "telemetry_export_failures_total")]
    failures: Counter<Signal>,
}

/// What is measured of losses, by their reason.
#[derive(Metrics)]
#[metrics(scope = "telemetry.core", entity(reason), exempt)]
pub(crate) struct LossMetrics {
    /// Items lost before export, by reason
    #[metric(name = "telemetry_dropped_total")]
    dropped: Counter<Signal>,
}

/// What is measured of a metric whose labels reached their limit.
#[derive(Metrics)]
#[metrics(scope = "telemetry.core", entity(metric(max = 1000)), exempt)]
pub(crate) struct OverflowMetrics {
    /// Measurements folded into the overflow series because a label reached its limit
    #[metric(name = "telemetry_series_overflow_total")]
    folded: Counter,
}

/// What the telemetry says of the process that it belongs to.
#[derive(Metrics)]
#[metrics(scope = "telemetry.core", entity(), exempt)]
pub(crate) struct LifeMetrics {
    /// Whether the telemetry was shut down properly: 0 while the process runs, 1 in its last export
    #[metric(name = "telemetry_process_ended")]
    ended: Gauge,
}

/// What is known of the certificates that the exporters use.
#[derive(Metrics)]
#[metrics(scope = "telemetry.core", entity(), exempt)]
pub(crate) struct CertificateMetrics {
    /// Unix time at which the certificates of the exporters that are read from files expire
    #[metric(name = "telemetry_certificate_expiry_timestamp_seconds")]
    expiry: Gauge<CertificateUse>,
}

/// The metrics of a meter's own health, outside the limit of series.
#[derive(Clone)]
pub struct SelfMetrics {
    export: Family<ExportMetrics>,
    losses: Family<LossMetrics>,
    overflow: Family<OverflowMetrics>,
    life: Family<LifeMetrics>,
    certificates: Family<CertificateMetrics>,
}

impl SelfMetrics {
    /// The declarations.
    pub const CATALOGUE: [&'static MetricDef; 5] = [
        &ExportMetrics::CATALOGUE[0],
        &LossMetrics::CATALOGUE[0],
        &OverflowMetrics::CATALOGUE[0],
        &LifeMetrics::CATALOGUE[0],
        &CertificateMetrics::CATALOGUE[0],
    ];

    pub(crate) fn new(meter: &Meter) -> Self {
        Self {
            export: Family::new(meter),
            losses: Family::new(meter),
            overflow: Family::new(meter),
            life: Family::new(meter),
            certificates: Family::new(meter),
        }
    }

    /// The process says that it is there, so that its last word can be told from silence. The lifecycle does it where it
    /// starts.
    pub fn process_runs(&self) {
        self.life.get(()).ended.set(0.0);
    }

    /// The process's last word, for the last export: it ends as it is meant to, and nobody is to miss it. The lifecycle does it
    /// where it is shut down.
    pub fn process_ends(&self) {
        self.life.get(()).ended.set(1.0);
    }

    /// The certificates of that use expire at that Unix time. The lifecycle says so where it begins to use them: of files
    /// that cannot be used it says nothing, and those in use go on to expire when they do.
    pub fn certificate_expires(&self, usage: CertificateUse, at: i64) {
        self.certificates.get(()).expiry.at(usage).set(at as f64);
    }

    /// An export of the signal failed after all retries.
    pub fn export_failed(&self, signal: Signal) {
        self.export.get(()).failures.at(signal).add(1);
    }

    /// `count` items of the signal were lost for this reason.
    pub fn dropped(&self, signal: Signal, reason: &str, count: u64) {
        self.losses.get(reason).dropped.at(signal).add(count);
    }
}

impl Account for SelfMetrics {
    fn measurement_folded(&self, metric: &str) {
        self.overflow.get(metric).folded.add(1);
    }

    fn measurement_dropped(&self, reason: &'static str) {
        self.dropped(Signal::Metrics, reason, 1);
    }
}
