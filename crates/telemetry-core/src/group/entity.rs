//! The entity that a bundle of instruments belongs to: its labels, and its claim on the meter's series.

use std::sync::Arc;

use opentelemetry::KeyValue;

use super::standing::Standing;
use crate::def::LabelDef;
use crate::meter::{Context, Meter};

/// What a free-text label's further values fold into once it has reached its limit.
pub const OTHER: &str = "_other";

/// The entity that a bundle of instruments belongs to.
pub struct Entity {
    meter: Meter,
    labels: &'static [LabelDef],
    attributes: Box<[KeyValue]>,
    standing: Arc<Standing>,
    /// Whether a label was folded, so that it stands for several entities.
    folded: bool,
    exempt: bool,
}

impl Entity {
    /// An entity whose measurements go nowhere.
    pub(crate) fn noop() -> Arc<Self> {
        Arc::new(Self {
            meter: Meter::noop(),
            labels: &[],
            attributes: Box::default(),
            standing: Arc::new(Standing::of_labels(0)),
            folded: false,
            exempt: true,
        })
    }

    /// An entity by its labels and their values; `exempt` is one outside the process's limit of series.
    pub(super) fn new(
        meter: &Meter,
        labels: &'static [LabelDef],
        exempt: bool,
        parts: &[&str],
        folded: bool,
        standing: &Arc<Standing>,
    ) -> Arc<Self> {
        let detail = meter.context().is_some_and(|context| context.settings().detail_labels);
        let shown = labels
            .iter()
            .zip(parts)
            .filter(|(label, value)| (detail || !label.is_detail()) && !(label.is_convention() && value.is_empty()));
        let attributes = shown.map(|(label, value)| attribute(label, value)).collect();
        let (meter, standing, folded) = (meter.clone(), Arc::clone(standing), folded && !exempt);
        Arc::new(Self { meter, labels, attributes, standing, folded, exempt })
    }

    pub(crate) fn context(&self) -> Option<Arc<Context>> {
        self.meter.context()
    }

    pub(crate) fn attributes(&self) -> &[KeyValue] {
        &self.attributes
    }

    /// Whether a new series of this entity has room under the entity's own labels. One without a free-text label always
    /// has: there is nothing to fold, and nothing that could grow.
    pub(crate) fn has_room(&self, context: &Context) -> bool {
        let is_apart = self.exempt || self.folded || self.attributes.is_empty();
        is_apart || context.room(self.is_registered()).is_left()
    }

    /// Whether a series of this entity may be there before it is recorded: of one that is registered, while there is ample
    /// room for those that are.
    pub(crate) fn has_ample_room(&self, context: &Context) -> bool {
        !self.folded && self.is_registered() && context.room(true).is_ample()
    }

    /// The attributes under which a new series of this entity is recorded, and whether it shares them with others.
    pub(crate) fn claim_series(&self, context: &Context) -> (Vec<KeyValue>, bool) {
        let is_apart = self.exempt || self.folded;
        if is_apart || context.room(self.is_registered()).take() || self.attributes.is_empty() {
            return (self.attributes.to_vec(), self.folded);
        }
        self.shared_series()
    }

    /// The attributes of what has no room of its own.
    pub(crate) fn shared_series(&self) -> (Vec<KeyValue>, bool) {
        let other = self.attributes.iter().map(|attribute| KeyValue::new(attribute.key.clone(), OTHER));
        (other.collect(), true)
    }

    /// Whether each label that says something has a registered value. It is looked up late, because what is registered
    /// late counts, too.
    fn is_registered(&self) -> bool {
        let is_registered = |attribute: &KeyValue| {
            let label = self.labels.iter().position(|label| label.name == attribute.key.as_str());
            label.is_some_and(|label| self.standing.is_registered(label, &attribute.value.as_str()))
        };
        let mut telling = self.attributes.iter().filter(|attribute| !attribute.value.as_str().is_empty()).peekable();
        telling.peek().is_some() && telling.all(is_registered)
    }
}

fn attribute(label: &LabelDef, value: &str) -> KeyValue {
    let number = label.is_whole_number().then(|| value.parse::<i64>().ok()).flatten();
    number.map_or_else(|| KeyValue::new(label.name, value.to_owned()), |number| KeyValue::new(label.name, number))
}
