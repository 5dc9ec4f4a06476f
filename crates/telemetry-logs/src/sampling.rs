//! Which lines are written, where not all are: those of one trace together, or not at all.

use opentelemetry::TraceId;

use crate::level::LogLevel;
use crate::settings::SamplingSettings;

/// The shares that are written, by level.
pub(crate) struct LineSampling([f64; 4]);

impl LineSampling {
    pub(crate) fn new(settings: &SamplingSettings) -> Self {
        Self([settings.debug, settings.info, settings.warn, settings.error])
    }

    /// Whether a line is written: by the low bits of its trace's id, as the sampler of traces decides, so that
    /// the traces that are kept have their lines; by chance where it belongs to none.
    #[inline]
    pub(crate) fn keeps(&self, level: LogLevel, trace: TraceId) -> bool {
        let ratio = self.0[level.index()];
        if ratio >= 1.0 {
            return true;
        }
        if ratio <= 0.0 {
            return false;
        }
        if trace == TraceId::INVALID {
            return fastrand::f64() < ratio;
        }
        let mut low = [0; 8];
        low.copy_from_slice(&trace.to_bytes()[8..]);
        ((u64::from_be_bytes(low) >> 1) as f64) < ratio * (1_u64 << 63) as f64
    }
}
