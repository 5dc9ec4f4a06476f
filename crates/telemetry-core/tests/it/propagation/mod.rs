//! What is taken from others, and what is sent to them.

mod baggage;
mod carriers;
mod destinations;
mod fixture;
mod properties;
mod traceparent;
mod tracestate;
