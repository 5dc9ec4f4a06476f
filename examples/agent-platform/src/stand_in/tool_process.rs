//! The tools, as processes: this program under another name. Each behaves in one way, good or bad.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a tool answers on its standard output")]

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;

use rustix::process::{Signal, getpid, kill_process};

/// The command that makes of this program a tool.
pub(crate) const COMMAND: &str = "tool";

/// Runs the tool of that name in this process.
pub(crate) fn run(name: &str) -> ExitCode {
    match name {
        "word-count" => word_count(),
        "report" => report(),
        "heedless" => println!(r#"{{"heard": false}}"#),
        "failing" => {
            eprintln!("the repository is locked");
            return ExitCode::from(3);
        }
        "crashing" => {
            // Fails only for a process that is not there.
            let _ = kill_process(getpid(), Signal::KILL);
        }
        "hanging" | "slow" => loop {
            thread::park();
        },
        "flooding" => flood(&mut io::stdout()),
        "shouting" => flood(&mut io::stderr()),
        "garbling" => println!("<html>not what was asked for</html>"),
        // It ends without a look at its input, of which there is more than a pipe takes.
        "deaf" => return ExitCode::from(2),
        unknown => {
            eprintln!("there is no tool {unknown:?}");
            return ExitCode::from(127);
        }
    }
    ExitCode::SUCCESS
}

fn word_count() {
    let mut text = String::new();
    match io::stdin().read_to_string(&mut text) {
        Ok(_) => println!(r#"{{"words": {}}}"#, text.split_whitespace().count()),
        Err(error) => eprintln!("{error}"),
    }
}

/// Some 200 KB of JSON.
fn report() {
    let row = r#"{"commit": "4f1c0de", "author": "agent", "files": [1, 2, 3]}"#;
    println!("[{}]", vec![row; 3300].join(","));
}

/// Writes until nobody reads any more.
fn flood(to: &mut impl Write) {
    let line = [b'x'; 8192];
    while to.write_all(&line).is_ok() {}
}
