//! What a call costs.

mod charge;
mod context;
#[cfg(feature = "prices")]
mod current;
#[cfg_attr(not(feature = "prices"), path = "no_file.rs")]
mod file;
mod model_price;
mod model_prices;
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

pub(crate) use charge::Charge;
pub use context::PriceContext;
#[cfg(feature = "prices")]
pub(crate) use current::has_provider;
pub use model_price::ModelPrice;
pub use model_prices::ModelPrices;
pub use prices::Prices;
pub(crate) use rates::KnownRates;
pub use settings::PriceSettings;
pub use unpriced::Unpriced;
