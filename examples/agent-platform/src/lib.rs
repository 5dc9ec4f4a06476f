//! A small real agent platform, and what surrounds it in a demo: stand-ins, a load, and the check of what arrived.
//!
//! `platform` is the code to copy and knows nothing of the rest. `stand_in` is what it talks to, `load` what drives it.
//! `check` keeps a [ledger](Recorded) of what was asked and given, by plain counting; the demo and the end-to-end tests
//! compare what arrived with that. `program` has the commands.

mod check;
mod load;
mod platform;
mod program;
mod stand_in;

pub use check::{CANARIES, Recorded, RecordedSeries, arrived};
pub use load::client;
pub use platform::CATALOGUE;
pub use program::{Ended, Ready, main};
