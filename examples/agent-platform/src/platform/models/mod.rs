//! Models: a gateway that asks their providers and stores what that used.

mod conversation;
mod deployment;
mod gateway;
mod routes;
mod usage_table;

pub(crate) use conversation::{AskError, ToolRequest};
pub(crate) use deployment::{Api, Deployment};
pub(crate) use gateway::{Gateway, Providers};
pub(crate) use routes::router;
pub(crate) use usage_table::UsageTable;
