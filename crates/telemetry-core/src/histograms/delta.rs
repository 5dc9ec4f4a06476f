//! Cumulated histograms as what came since the last export.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use foldhash::fast::RandomState;
use opentelemetry::KeyValue;

use super::{HistogramData, HistogramPoint};

/// What was exported before, so that what came since can be told: the cells only ever count up, since another reader
/// may be reading them too.
#[derive(Debug, Default)]
pub(crate) struct Deltas {
    seen: HashMap<(&'static str, Cow<'static, str>), Series, RandomState>,
    last: Option<SystemTime>,
}

type Series = HashMap<Arc<[KeyValue]>, (Vec<u64>, f64), RandomState>;

impl Deltas {
    /// What was recorded since the last call.
    pub(crate) fn since_last(&mut self, now: SystemTime, collected: Vec<HistogramData>) -> Vec<HistogramData> {
        let last = self.last.replace(now);
        let mut since = Vec::with_capacity(collected.len());
        for mut data in collected {
            let seen = self.seen.entry((data.scope, data.name.clone())).or_default();
            data.points.retain_mut(|point| recorded_since(seen, point));
            data.start = last.unwrap_or(data.start);
            if !data.points.is_empty() {
                since.push(data);
            }
        }
        since
    }
}

/// Subtracts what was seen; false if that leaves nothing.
fn recorded_since(seen: &mut Series, point: &mut HistogramPoint) -> bool {
    let now = (point.bucket_counts.clone(), point.sum);
    if let Some((buckets, sum)) = seen.insert(Arc::clone(&point.attributes), now) {
        for (count, before) in point.bucket_counts.iter_mut().zip(buckets) {
            *count -= before;
        }
        point.sum -= sum;
        point.extremes = None;
    }
    point.count() > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histograms::Histograms;

    #[test]
    fn each_recording_is_in_one_interval() {
        let (histograms, mut deltas) = (Histograms::default(), Deltas::default());
        let metric = histograms.metric("scope", Cow::Borrowed("polls"), "", "", &[1.0, 2.0]);
        let series = |tool: &'static str| metric.series(vec![KeyValue::new("tool", tool)]);
        let mut clock = SystemTime::UNIX_EPOCH;
        let mut collect = || {
            clock += std::time::Duration::from_secs(1);
            deltas.since_last(clock, histograms.collect())
        };

        series("a").record(0.5);
        series("a").record(9.0);
        let first = collect();
        assert_eq!((&*first[0].points[0].bucket_counts, first[0].points[0].sum), (&[1, 0, 1][..], 9.5));
        assert_eq!(first[0].points[0].extremes, Some((0.5, 9.0)));
        assert_eq!(collect(), [], "nothing was recorded since");

        series("a").record(1.5);
        series("b").record(2.0);
        let mut third = collect();
        third[0].points.sort_by_key(|point| point.attributes[0].value.to_string());
        let points: Vec<_> = third[0].points.iter().map(|p| (&*p.bucket_counts, p.sum, p.extremes)).collect();
        assert_eq!(points, [(&[0, 1, 0][..], 1.5, None), (&[0, 1, 0], 2.0, Some((2.0, 2.0)))]);
        assert_eq!(third[0].start, SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(2));
    }
}
