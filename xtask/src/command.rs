//! What a command is, and what all of them print.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to whoever called it")]

use std::error::Error;
use std::ffi::OsString;

use telemetry_core::readable;
use telemetry_core::setting::{Node, SettingValue, Syntax};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// What a flag's value means that is one of a few words, or which they are.
pub(crate) fn choice<T: SettingValue>(word: &str) -> std::result::Result<T, String> {
    T::read(&Node::Text(word.to_owned()), Syntax::Unit).map_err(|accepted| format!("accepted is {accepted}"))
}

/// One command, declared once: its entry in the overview, its help and what it does.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    /// What follows the name.
    pub(crate) usage: &'static str,
    /// One line for each flag.
    pub(crate) flags: &'static str,
    pub(crate) action: Action,
}

/// Who reads the arguments.
pub(crate) enum Action {
    /// The command itself; `--help` has been answered.
    Own(fn(lexopt::Parser) -> Result),
    /// A program that the command starts, which answers `--help` too.
    PassedOn(fn(Vec<OsString>) -> Result),
}

impl Command {
    pub(crate) fn run(&self, args: Vec<OsString>) -> Result {
        match self.action {
            Action::Own(_) if args.iter().any(|arg| arg == "--help" || arg == "-h") => {
                println!("{}\n\nUsage: cargo xtask {} {}", self.summary, self.name, self.usage);
                if !self.flags.is_empty() {
                    println!("\nFlags:\n{}", self.flags);
                }
                Ok(())
            }
            Action::Own(run) => run(lexopt::Parser::from_args(args)),
            Action::PassedOn(run) => run(args),
        }
    }
}

/// For a command without arguments.
pub(crate) fn no_arguments(mut parser: lexopt::Parser) -> Result {
    match parser.next()? {
        Some(arg) => Err(arg.unexpected().into()),
        None => Ok(()),
    }
}

pub(crate) fn print_overview(commands: &[&Command]) -> Result {
    println!("Usage: cargo xtask <command> [--help]\n");
    for command in commands {
        println!("  {:<15} {}", command.name, command.summary);
    }
    Ok(())
}

/// Errors quote arguments, paths and files, which may hold anything.
pub(crate) fn print_error(error: &(dyn Error + Send + Sync)) {
    eprintln!("error: {}", readable(error).keep_lines());
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Some errors tell their cause themselves.
        if !said.contains(&error.to_string()) {
            said = error.to_string();
            eprintln!("  because: {}", readable(&said).keep_lines());
        }
        cause = error.source();
    }
}
