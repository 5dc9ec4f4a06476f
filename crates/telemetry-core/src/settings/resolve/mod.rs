//! From what all sources say to settings that are complete and checked: one file a concern.

mod batch;
mod expiry;
mod exporters;
mod layers;
mod limits;
mod otlp;
mod prometheus;
mod resolved;
mod resource;
mod sampling;
mod tls;

pub use batch::ResolvedBatch;
pub use expiry::CertificateExpiry;
pub use limits::ResolvedLimits;
pub use otlp::ResolvedOtlp;
pub use prometheus::ResolvedPrometheus;
pub use resolved::ResolvedSettings;
pub use resource::ResolvedResource;
pub use tls::{ClientIdentity, ClientTls, ClientTlsFiles};
