//! The board: projects whose agents work on tasks, which wait in a queue and for approval, and are kept in SQLite.

mod kept;
mod plan;
mod routes;
mod task_board;
mod task_store;
mod task_table;
mod worker;

pub(crate) use plan::{AgentPlan, ProjectPlan};
pub(crate) use routes::{follow_router, router};
pub(crate) use task_board::{Board, Surroundings};
pub(crate) use task_store::{TaskRow, TaskStore};
pub(crate) use task_table::TaskTable;
pub(crate) use worker::Worker;
