//! Every interleaving of telemetry-core's parts without locks, tried by loom:
//! `RUSTFLAGS="--cfg loom" cargo test -p telemetry-loom --release --target-dir target/loom`.
//!
//! Their own source is compiled here a second time, over stand-ins of its primitives. A package of its own,
//! because the flag would change tokio and its like too. Without the flag it is empty.

#[cfg(all(loom, test))]
mod checks;
#[cfg(all(loom, test))]
#[path = "../../../crates/telemetry-core/src/histograms/distribution.rs"]
mod distribution;
#[cfg(all(loom, test))]
mod distributions;
#[cfg(all(loom, test))]
mod sync;
#[cfg(all(loom, test))]
#[path = "../../../crates/telemetry-core/src/table.rs"]
mod table;
