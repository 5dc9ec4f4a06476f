//! The crate `prometheus-client`.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use telemetry_core::Label;

use crate::interleave::Candidate;
use crate::workload::{BYTES, Outcome, SECONDS, id};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RunLabels {
    pub(crate) tool_id: String,
    pub(crate) outcome: OutcomeValue,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ToolLabels {
    pub(crate) tool_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OutcomeValue(pub(crate) Outcome);

impl EncodeLabelValue for OutcomeValue {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> std::fmt::Result {
        EncodeLabelValue::encode(&self.0.as_str(), encoder)
    }
}

pub(crate) type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

pub(super) fn composite() -> Candidate {
    let execute: Histograms<RunLabels> = Family::new_with_constructor(|| Histogram::new(SECONDS));
    let runs = Family::<RunLabels, Counter>::default();
    let output: Histograms<ToolLabels> = Family::new_with_constructor(|| Histogram::new(BYTES));
    Candidate::new("prometheus-client, get_or_create", move |sample| {
        let labels = RunLabels { tool_id: sample.id.to_owned(), outcome: OutcomeValue(sample.outcome) };
        execute.get_or_create(&labels).observe(sample.seconds);
        runs.get_or_create(&labels).inc();
        output.get_or_create(&ToolLabels { tool_id: labels.tool_id.clone() }).observe(sample.bytes);
    })
}

pub(super) fn counter() -> Candidate {
    let runs = Family::<RunLabels, Counter>::default();
    let labels = RunLabels { tool_id: id(0).to_owned(), outcome: OutcomeValue(Outcome::Success) };
    let held = runs.get_or_create_owned(&labels);
    Candidate::new("prometheus-client, handle held", move |_| {
        held.inc();
    })
}
