//! What a call costs.

mod context;
#[cfg(feature = "prices")]
mod current;
#[cfg(feature = "prices")]
mod file;
mod model_price;
mod overrides;
mod prices;
mod rates;
mod settings;
mod spellings;
#[cfg(feature = "prices")]
mod steps;
#[cfg_attr(not(feature = "prices"), path = "no_table.rs")]
mod table;
mod unpriced;

pub use context::PriceContext;
pub use model_price::ModelPrice;
pub use prices::Prices;
pub(crate) use rates::KnownRates;
pub use settings::PriceSettings;
pub use unpriced::Unpriced;
