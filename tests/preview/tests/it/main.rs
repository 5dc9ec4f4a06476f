//! Pictures of small dashboards with data that is written down here.

mod drawn;
mod layout;
mod prometheus;
mod refused;
mod units;
mod variables;
