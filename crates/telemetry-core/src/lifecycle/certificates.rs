//! When the certificates of all connections expire, as the gauge shows it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::SelfMetrics;
use crate::self_metrics::CertificateUse;
use crate::settings::{CertificateExpiry, ClientTls};

/// When the certificates of all connections expire. Each connection has its place.
#[derive(Default)]
pub(super) struct Certificates(Mutex<Known>);

#[derive(Default)]
struct Known {
    by_connection: Vec<CertificateExpiry>,
    /// Who is told, once there is a meter.
    metrics: Option<SelfMetrics>,
}

impl Certificates {
    /// Those of another connection; its place.
    pub(super) fn add(&self, tls: &ClientTls) -> usize {
        let mut known = self.known();
        known.by_connection.push(tls.expiry());
        known.tell();
        known.by_connection.len() - 1
    }

    /// Those of a connection were replaced.
    pub(super) fn replace(&self, place: usize, tls: &ClientTls) {
        let mut known = self.known();
        if let Some(expiry) = known.by_connection.get_mut(place) {
            *expiry = tls.expiry();
        }
        known.tell();
    }

    /// Shows what is known, and what is to come, by these metrics.
    pub(super) fn show(&self, metrics: SelfMetrics) {
        let mut known = self.known();
        known.metrics = Some(metrics);
        known.tell();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Tells for each use the first of its certificates to expire.
    fn tell(&self) {
        let Some(metrics) = &self.metrics else { return };
        let first = |of: fn(&CertificateExpiry) -> Option<i64>| self.by_connection.iter().filter_map(of).min();
        for (usage, first) in [
            (CertificateUse::Client, first(|expiry| expiry.client)),
            (CertificateUse::Authority, first(|expiry| expiry.authority)),
        ] {
            if let Some(at) = first {
                metrics.certificate_expires(usage, at);
            }
        }
    }
}
