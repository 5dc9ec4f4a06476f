//! Where instruments come from: the meter and its settings.

mod assembly;
mod cardinality;
mod context;
mod global;
mod handle;
mod instruments;
mod room;
mod settings;
mod view;

pub(crate) use context::{Account, Context, while_collecting};
pub use global::Global;
pub use handle::{AlreadyInstalled, Meter};
pub(crate) use instruments::FromInstrument;
pub use settings::MeterSettings;
