//! The kinds of panels, one file each.

mod bars;
mod gauge;
mod heatmap;
mod histogram;
mod kinds;
mod pie;
mod stat;
mod states;
mod table;
mod text;
mod timeseries;

pub(crate) use kinds::{draw, is_drawn};
