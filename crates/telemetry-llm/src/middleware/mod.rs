//! Around a raw HTTP client of a provider: its calls are measured as they pass, by middleware for reqwest and by tower layers.

mod asked;
#[cfg(feature = "tower")]
mod attempts;
mod body;
mod calls;
mod endpoint;
#[cfg(feature = "reqwest")]
mod measure;
#[cfg(feature = "reqwest")]
mod of_reqwest;
mod reading;
mod request_model;
#[cfg(feature = "tower")]
mod tower;
mod watch;

#[cfg(feature = "tower")]
pub use body::LlmBody;
#[cfg(feature = "reqwest")]
pub use measure::LlmMiddleware;
pub use request_model::RequestModel;
#[cfg(feature = "tower")]
pub use tower::{
    LlmFuture, LlmLayer, LlmRequest, LlmResponse, LlmService, OneCallFuture, OneCallLayer, OneCallService,
};
