//! The public API of telemetry-mixin, exercised as a library user does.

mod absence;
mod answers;
mod catalog;
mod catalogue;
mod checker;
mod dashboards;
mod files;
mod fixture;
mod generate;
mod linear;
mod links;
mod pages;
mod readable;
mod refusals;
mod robustness;
mod shared;
mod verify;
mod words;
