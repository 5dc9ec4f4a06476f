//! What the program does when it is called.

use std::process::ExitCode;

use axum::BoxError;
use lexopt::{Arg, Parser, ValueExt as _};

use super::options::{HELP, Options};
use super::{demo, load, w3c};
use crate::stand_in::{mcp_tools, tool_process};

/// Does what the arguments say.
#[must_use]
pub fn main() -> ExitCode {
    match run(Parser::from_env()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut parser: Parser) -> Result<ExitCode, BoxError> {
    let command = match parser.next()? {
        Some(Arg::Value(command)) => command.string()?,
        None | Some(Arg::Long("help") | Arg::Short('h')) => return Ok(help()),
        Some(other) => return Err(other.unexpected().into()),
    };
    if command == tool_process::COMMAND {
        return Ok(tool_process::run(&parser.value()?.string()?));
    }
    if command == mcp_tools::COMMAND {
        return mcp_tools::run();
    }
    if command == "w3c" {
        return Ok(w3c::run(parser)?.unwrap_or_else(help));
    }
    let run = match &*command {
        "demo" => demo::run,
        "load" => load::run,
        _ => return Err(format!("there is no command {command:?}; there are demo, load and w3c").into()),
    };
    match Options::parse(parser)? {
        Some(options) => run(&options),
        None => Ok(help()),
    }
}

fn help() -> ExitCode {
    println!("{HELP}\n\nBesides:\n{}", w3c::HELP);
    ExitCode::SUCCESS
}
