//! Behaviour of the runtime crate through its public API, with real processes.

mod cancel;
mod causes;
mod errors;
mod execution;
mod failures;
mod fixture;
mod guard;
mod processes;
mod settings;
mod stop;
mod workflow;
