//! `check-bundle`: what is generated for operators, judged by the programs that it is for.

mod alertmanager;
mod chosen;
mod collector;
mod command;
mod expressions;
mod files;
mod message;
mod perses;
mod prometheus;
mod variants;

pub(crate) use command::{COMMAND, check_committed, check_more};
