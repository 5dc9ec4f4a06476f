//! What the program does when it is called.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to whoever called it")]

mod demo;
mod load;

use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};

use crate::options::{HELP, Options};
use crate::session::Failure;
use crate::{mcp, tool, w3c};

pub use load::{Ended, Ready};

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
        return Ok(tool::run(&parser.value()?.string()?));
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
