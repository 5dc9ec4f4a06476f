//! What holds for the workspace as a whole: the contracts with operators, and the order of the house.

mod contract;
mod dashboards;
mod guards;
mod health_routes;
mod mixin;
mod settings;
mod tidy;
