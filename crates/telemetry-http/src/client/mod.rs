//! The client's side: calls of other services.

mod call;
mod external_operation;
mod layer;
#[cfg(feature = "reqwest")]
mod reqwest;
mod target;

#[cfg(feature = "reqwest")]
pub use self::reqwest::ExternalMiddleware;
pub use call::{ExternalCall, ExternalStart};
pub use external_operation::ExternalOperation;
pub use layer::{ExternalFuture, ExternalLayer, ExternalService};
