//! The crate's behaviour through its public API, where no process-global state is involved.

mod backoff;
mod causes;
mod conversation;
#[cfg(feature = "otlp")]
mod groups;
mod histograms;
#[cfg(feature = "levels")]
mod levels;
mod lifecycle;
mod long_values;
mod mask;
mod memory;
mod observing;
mod operation;
mod origin;
mod propagation;
mod readable;
mod recording;
mod registered;
mod regular_file;
mod scope;
#[cfg(feature = "otlp")]
mod settings;
mod shared;
mod text;
mod tracing_spans;
