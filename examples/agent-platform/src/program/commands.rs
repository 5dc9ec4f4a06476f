//! What the program does when it is called.

use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};

use super::{demo, load, w3c};
use crate::mcp;
use crate::program::options::{HELP, Options};
use crate::program::session::Failure;
use crate::stand_in::tool_process;

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

fn run(mut parser: Parser) -> Result<ExitCode, Failure> {
    let command = match parser.next()? {
        Some(Arg::Value(command)) => command.string()?,
        None | Some(Arg::Long("help") | Arg::Short('h')) => return Ok(help()),
        Some(other) => return Err(other.unexpected().into()),
    };
    if command == "tool" {
        return Ok(tool_process::run(&parser.value()?.string()?));
    }
    if command == mcp::COMMAND {
        return mcp::serve();
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
