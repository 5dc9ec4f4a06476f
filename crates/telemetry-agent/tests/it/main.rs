//! Behaviour of the agent crate through its public API.

mod concurrent;
mod cost;
mod cost_property;
mod fixture;
mod limits;
mod logs;
mod model;
mod ops;
mod projects;
mod property;
mod refused;
mod restored;
mod runs;
mod sessions;
mod settings;
mod spans;
mod tasks;
mod world;
mod world_at_work;
