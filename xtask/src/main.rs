//! The workspace's commands: `cargo xtask <command>`. `cargo xtask --help` lists them.

mod background;
mod bench;
mod cargo_tools;
mod catalog;
mod check_bundle;
mod check_rules;
mod ci;
mod command;
mod demo;
mod deny;
mod domains;
mod e2e;
mod features;
mod fuzz;
mod gen_dashboards;
mod go_sources;
mod go_tools;
mod grafana;
mod grammar;
mod libraries;
mod nginx;
mod outside;
mod postgres;
mod preview;
mod process;
mod prometheus;
mod public_types;
mod python;
mod test;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::command::{Command, Result};

const COMMANDS: [&Command; 15] = [
    &demo::COMMAND,
    &test::COMMAND,
    &gen_dashboards::COMMAND,
    &catalog::COMMAND,
    &check_rules::COMMAND,
    &check_bundle::COMMAND,
    &preview::COMMAND,
    &grammar::COMMAND,
    &bench::COMMAND,
    &features::COMMAND,
    &public_types::COMMAND,
    &e2e::COMMAND,
    &fuzz::COMMAND,
    &ci::COMMAND,
    &go_tools::COMMAND,
];

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let done = match args.next() {
        None => command::print_overview(&COMMANDS),
        Some(name) if name == "--help" || name == "-h" || name == "help" => command::print_overview(&COMMANDS),
        Some(name) => run(&name, args.collect()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            command::print_error(&*error);
            ExitCode::FAILURE
        }
    }
}

fn run(name: &OsString, args: Vec<OsString>) -> Result {
    let Some(command) = COMMANDS.iter().find(|command| *name == *command.name) else {
        let known = COMMANDS.map(|command| command.name).join(", ");
        return Err(format!("there is no command {name:?}; there are {known}").into());
    };
    command.run(args)
}
