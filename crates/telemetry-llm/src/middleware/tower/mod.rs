//! Layers for tower: around the HTTP service of a client, and around whatever tries again.

mod layer;
mod one_call;
mod request;
mod response;

pub use layer::{LlmFuture, LlmLayer, LlmService};
pub use one_call::{OneCallFuture, OneCallLayer, OneCallService};
pub use request::LlmRequest;
pub use response::LlmResponse;
