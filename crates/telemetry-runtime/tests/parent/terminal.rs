//! A pseudo-terminal, as the one in which a person runs an application.

use std::fs::File;
use std::io::Write as _;
use std::process::Stdio;

use process_wrap::tokio::{CommandWrap, CommandWrapper as _, ProcessSession};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::process::{Child, Command};

/// The end at which the person sits.
pub(crate) struct Terminal {
    keyboard: File,
    name: String,
}

impl Terminal {
    pub(crate) fn open() -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
        grantpt(&ours).and_then(|()| unlockpt(&ours)).expect("it is ours");
        let name = ptsname(&ours, Vec::new()).expect("it has a name").into_string().expect("of letters");
        Self { keyboard: File::from(ours), name }
    }

    /// Runs a program in the foreground of this terminal.
    pub(crate) fn run(&self, program: Command) -> Child {
        let program = program.as_std();
        let mut command = Command::new("sh");
        // Who leads a session without a terminal gets the first that it opens.
        command.args(["-c", "exec 0<>\"$0\"; exec \"$@\"", &self.name]);
        command.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        begin_session(&mut command);
        command.stdout(Stdio::null()).kill_on_drop(true).spawn().expect("it starts")
    }

    pub(crate) fn write(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).expect("it takes them");
    }
}

/// Has a program begin a session, which has no terminal.
pub(crate) fn begin_session(command: &mut Command) {
    ProcessSession.pre_spawn(command, &CommandWrap::with_new("", |_| {})).expect("it can be asked for");
}
