//! The entity that a bundle of instruments belongs to: its labels, and its claim on the meter's series.

use std::sync::Arc;

use opentelemetry::KeyValue;

use crate::def::LabelDef;
use crate::meter::{Context, Meter};

/// What a free-text label's further values fold into once it has reached its limit.
pub const OTHER: &str = "_other";

/// The entity that a bundle of instruments belongs to.
pub struct Entity {
    meter: Meter,
    attributes: Box<[KeyValue]>,
    /// Whether a label was folded, so that it stands for several entities.
    folded: bool,
    exempt: bool,
}

impl Entity {
    /// An entity whose measurements go nowhere.
    pub(crate) fn noop() -> Arc<Self> {
        Arc::new(Self { meter: Meter::noop(), attributes: Box::default(), folded: false, exempt: true })
    }

    /// An entity by its labels and their values; `exempt` is one outside the process's limit of series.
    pub(super) fn new(meter: &Meter, labels: &[LabelDef], exempt: bool, parts: &[&str], folded: bool) -> Arc<Self> {
        let detail = meter.context().is_some_and(|context| context.settings().detail_labels);
        let labels = labels
            .iter()
            .zip(parts)
            .filter(|(label, value)| (detail || !label.is_detail()) && !(label.is_convention() && value.is_empty()));
        let attributes = labels.map(|(label, value)| attribute(label, value)).collect();
        Arc::new(Self { meter: meter.clone(), attributes, folded: folded && !exempt, exempt })
    }

    pub(crate) fn context(&self) -> Option<Arc<Context>> {
        self.meter.context()
    }

    pub(crate) fn attributes(&self) -> &[KeyValue] {
        &self.attributes
    }

    /// The attributes under which a new series of this entity is recorded, and whether it shares them with others.
    pub(crate) fn claim_series(&self, context: &Context) -> (Vec<KeyValue>, bool) {
        if self.exempt || self.folded || context.claim_series() {
            return (self.attributes.to_vec(), self.folded);
        }
        let other = self.attributes.iter().map(|attribute| KeyValue::new(attribute.key.clone(), OTHER));
        // Without a free-text label there is nothing to fold, and nothing that could grow.
        (other.collect(), !self.attributes.is_empty())
    }
}

fn attribute(label: &LabelDef, value: &str) -> KeyValue {
    let number = label.is_whole_number().then(|| value.parse::<i64>().ok()).flatten();
    number.map_or_else(|| KeyValue::new(label.name, value.to_owned()), |number| KeyValue::new(label.name, number))
}
