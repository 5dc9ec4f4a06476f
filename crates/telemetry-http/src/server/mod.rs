//! The server's side: a layer around routes.

mod body;
mod ending;
mod exchange;
mod future;
mod inner;
mod layer;
mod settings;
mod span;

pub use body::{RequestBody, ResponseBody};
pub use exchange::CLIENT_GONE;
pub use future::ResponseFuture;
pub use layer::{HttpLayer, HttpService};
pub use settings::{HttpSettings, Scheme};
