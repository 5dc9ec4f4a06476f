//! Behaviour of the HTTP crate through its public API: services called directly, and a server on a loopback socket.

mod agent_context;
mod bodies;
mod cardinality;
mod client;
mod deadlines;
mod fixture;
mod grpc;
mod hostile;
mod logs;
mod numbers;
mod panics;
mod request_ids;
mod requests;
#[cfg(feature = "reqwest")]
mod reqwest;
mod script;
mod semconv;
mod settings;
mod spans;
mod w3c;
mod wire;
