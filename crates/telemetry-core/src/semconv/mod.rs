//! Metrics of the OpenTelemetry semantic conventions that are recorded beside our own, on request.

mod part;
mod switch;

pub use part::Semconv;
pub use switch::SemconvSwitch;
