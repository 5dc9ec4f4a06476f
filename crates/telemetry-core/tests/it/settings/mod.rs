//! What is read, what is refused, and what comes out.

mod bad_values;
mod defaults;
mod endless;
mod environment;
mod file;
mod layers;
mod properties;
mod resolve;
mod spelling;
mod tls;
mod turned_off;
mod variables;
