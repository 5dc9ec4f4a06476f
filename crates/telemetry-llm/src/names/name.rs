//! What is remembered of one spelling of a provider and a model.

use std::cell::Cell;
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
    /// As the call site spells them, where that differs.
    spelled_provider: Option<Box<str>>,
    spelled_model: Option<Box<str>>,
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
    /// Whether that table has the model, so that nobody has made it up.
    is_priced: bool,
    /// Where it is recorded, once it is.
    entity: Option<EntityRef<ModelMetrics>>,
}

impl Name {
    pub(super) fn new(spelled_provider: &str, spelled_model: &str, deployed: Option<&str>) -> Self {
        let (provider, called) = (fold(spelled_provider), deployed.unwrap_or(spelled_model));
        Self {
            spelled_provider: (provider != spelled_provider).then(|| spelled_provider.into()),
            spelled_model: deployed.filter(|deployed| *deployed != spelled_model).map(|_| spelled_model.into()),
            is_anthropic: provider == "anthropic",
            provider: provider.into(),
            called: called.into(),
            rates: KnownRates::default(),
            first: OnceLock::new(),
            label: ArcSwapOption::empty(),
        }
    }

    pub(super) fn spelled_provider(&self) -> &str {
        self.spelled_provider.as_deref().unwrap_or(&self.provider)
    }

    pub(super) fn spelled_model(&self) -> &str {
        self.spelled_model.as_deref().unwrap_or(&self.called)
    }

    pub(super) fn is_spelled(&self, provider: &str, model: &str) -> bool {
        self.spelled_model() == model && self.spelled_provider() == provider
    }

    /// Whether a table has its model, as far as was asked.
    pub(super) fn is_priced(&self) -> bool {
        self.first.get().is_some_and(|label| label.is_priced)
            || self.label.load().as_ref().is_some_and(|label| label.is_priced)
    }

    /// The model as the metrics label it, by the table of prices as it is, and whether that has it.
    pub(crate) fn model(&self, prices: &Prices) -> (String, bool) {
        let is_priced = Cell::new(false);
        let label =
            label(&self.called, |model| prices.model_id(&self.provider, model).inspect(|_| is_priced.set(true)));
        (label, is_priced.get())
    }

    /// Where what is recorded of the model lies, found by its label. That is worked out anew when the table of prices is
    /// another one. `find` is told whether the table has it.
    pub(crate) fn entity(
        &self,
        prices: &Prices,
        find: impl FnOnce(&str, bool) -> EntityRef<ModelMetrics>,
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
            let entity = find(&label.model, label.is_priced);
            if is_final(&entity) {
                self.remember(generation, &label.model, label.is_priced, &entity);
            }
            return entity;
        }
        let (model, is_priced) = self.model(prices);
        let entity = find(&model, is_priced);
        self.remember(generation, &model, is_priced, &entity);
        entity
    }

    #[cold]
    fn remember(&self, generation: u64, model: &str, is_priced: bool, entity: &EntityRef<ModelMetrics>) {
        let entity = is_final(entity).then(|| entity.clone());
        let label = ModelLabel { generation, model: model.to_owned(), is_priced, entity };
        // Until it has its own place, this one is kept for that.
        let label = if label.entity.is_some() { self.first.set(label).err() } else { Some(label) };
        if let Some(label) = label {
            self.label.store(Some(Arc::new(label)));
        }
    }
}

/// Whether a model's place stays where it is: without a meter there is none yet, and one that is folded gets its own once
/// its model is registered.
fn is_final(entity: &EntityRef<ModelMetrics>) -> bool {
    !entity.id().is_noop() && !entity.is_folded()
}
