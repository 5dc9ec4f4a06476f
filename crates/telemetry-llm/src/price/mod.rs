//! What a call costs.

mod context;
mod file;
mod model_price;
mod overrides;
mod prices;
mod rates;
mod settings;
mod spellings;
mod table;
mod unpriced;

pub use context::PriceContext;
pub use model_price::ModelPrice;
pub use prices::Prices;
pub(crate) use rates::KnownRates;
pub use settings::{PriceError, PriceSettings};
pub use unpriced::Unpriced;
