//! What is remembered of one spelling of a provider and a model.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use telemetry_core::EntityRef;

use super::fold::{fold, label};
use crate::metrics::ModelMetrics;
use crate::price::{KnownRates, Prices};

/// A provider and a model as a call site spells them, and what is worked out once for all calls that do.
pub(crate) struct Name {
    /// The provider, as the metrics label it.
    pub(crate) provider: Box<str>,
    /// The model as called, or as the settings say it is.
    pub(crate) called: Box<str>,
    pub(crate) is_anthropic: bool,
    pub(crate) rates: KnownRates,
    /// By the table that there was at first, and mostly stays.
    first: OnceLock<ModelLabel>,
    label: ArcSwapOption<ModelLabel>,
}

/// A model as the metrics label it, which the table of prices has a say in.
struct ModelLabel {
    /// Of that table.
    generation: u64,
    model: String,
    /// Where it is recorded, once it is.
    entity: Option<EntityRef<ModelMetrics>>,
}

impl Name {
    pub(super) fn new(provider: &str, called: &str) -> Self {
        let provider = fold(provider);
        Self {
            is_anthropic: provider == "anthropic",
            provider: provider.into(),
            called: called.into(),
            rates: KnownRates::default(),
            first: OnceLock::new(),
            label: ArcSwapOption::empty(),
        }
    }

    /// Where what is recorded of the model lies, found by its label. That is worked out anew when the table of prices is
    /// another one.
    pub(crate) fn entity(
        &self,
        prices: &Prices,
        find: impl FnOnce(&str) -> EntityRef<ModelMetrics>,
    ) -> EntityRef<ModelMetrics> {
        // Read first: a label by a newer table than it says is worked out once too often.
        let generation = prices.generation();
        if let Some(ModelLabel { entity: Some(entity), .. }) =
            self.first.get().filter(|first| first.generation == generation)
        {
            return entity.clone();
        }
        if let Some(label) = &*self.label.load()
            && label.generation == generation
        {
            if let Some(entity) = &label.entity {
                return entity.clone();
            }
            let entity = find(&label.model);
            if !entity.id().is_noop() {
                self.remember(generation, &label.model, &entity);
            }
            return entity;
        }
        let model = label(&self.called, |model| prices.model_id(&self.provider, model));
        let entity = find(&model);
        self.remember(generation, &model, &entity);
        entity
    }

    #[cold]
    fn remember(&self, generation: u64, model: &str, entity: &EntityRef<ModelMetrics>) {
        let entity = (!entity.id().is_noop()).then(|| entity.clone());
        let label = ModelLabel { generation, model: model.to_owned(), entity };
        // Where nothing is recorded yet, the place is kept for what will be.
        let label = if label.entity.is_some() { self.first.set(label).err() } else { Some(label) };
        if let Some(label) = label {
            self.label.store(Some(Arc::new(label)));
        }
    }
}
