//! The server's side: a layer around routes.

mod body;
mod deadline;
mod ending;
mod exchange;
mod future;
mod grpc;
mod inner;
mod layer;
mod settings;
mod span;

pub use body::{RequestBody, ResponseBody};
pub use deadline::{Deadline, TimeoutFuture, TimeoutLayer, TimeoutService};
pub use exchange::CLIENT_GONE;
pub use future::ResponseFuture;
pub use layer::{HttpLayer, HttpService};
pub use settings::{HttpSettings, Scheme};
