//! The example platform as a program: `agent-platform demo`, `agent-platform load`.

use std::process::ExitCode;

fn main() -> ExitCode {
    agent_platform::main()
}
