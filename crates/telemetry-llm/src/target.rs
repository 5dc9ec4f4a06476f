//! The model that a call goes to, and where all that is known of it lies.

use std::fmt;
use std::ops::Deref;

use telemetry_core::{EntityRef, Lease, Shared};

use crate::inner::Inner;
use crate::metrics::{ModelMetrics, ModelMetricsKey};
use crate::names::{Name, NameId};

/// The model that a call goes to: a part in what all calls share, and the places in it.
#[derive(Clone)]
pub(crate) struct Target {
    inner: Lease<Inner>,
    name: NameId,
    model: EntityRef<ModelMetrics>,
}

impl Target {
    pub(crate) fn new(shared: &Shared<Inner>, provider: &str, model: &str) -> Self {
        let inner = shared.lease();
        let id = inner.names.find(provider, model);
        let name = inner.names.at(&id);
        let model = name.entity(&inner.prices, |model, is_priced| {
            if is_priced {
                // One that has a price is none that a caller made up, and there are so many and no more.
                inner.models.admit(ModelMetricsKey { provider: "", model });
            }
            inner.models.entity(ModelMetricsKey { provider: &name.provider, model })
        });
        Self { inner, name: id, model }
    }

    pub(crate) fn inner(&self) -> &Lease<Inner> {
        &self.inner
    }

    /// The provider, as the metrics label it.
    pub(crate) fn provider(&self) -> &str {
        self.model.label(&self.inner.models, 0)
    }

    /// The model, as the metrics label it.
    pub(crate) fn model(&self) -> &str {
        self.model.label(&self.inner.models, 1)
    }

    pub(crate) fn name(&self) -> &Name {
        self.inner.names.at(&self.name)
    }

    pub(crate) fn metrics(&self) -> &ModelMetrics {
        self.inner.models.at(self.model.id()).deref()
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("provider", &self.provider()).field("model", &self.model()).finish()
    }
}
