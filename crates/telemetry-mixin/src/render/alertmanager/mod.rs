//! Alertmanager: who is told of an alert, when and how; the texts; and which receivers an alert comes to.

mod cases;
mod config;
mod hours;
mod inhibit;
mod matchers;
mod receivers;
mod routes;
mod team;

pub(crate) use config::files;
