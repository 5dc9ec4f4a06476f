//! The client's side: calls of other services.

mod call;
mod layer;
mod operation;
#[cfg(feature = "reqwest")]
mod reqwest;
mod target;

#[cfg(feature = "reqwest")]
pub use self::reqwest::ExternalMiddleware;
pub use call::ExternalCall;
pub use layer::{ExternalFuture, ExternalLayer, ExternalService};
pub use operation::Operation;
