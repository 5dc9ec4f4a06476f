//! Where a tool stands among the processes: in a session without our terminal, or in a group of its own in our session.

use std::fs::File;
use std::io;

use nix::unistd::getpgrp;
use process_wrap::tokio::{CommandWrap, CommandWrapper as _, ProcessSession};
use rustix::io::Errno;
use tokio::process::Command;

/// Has the command lead a group of its own, and a session of its own where ours has a terminal that it is not to have.
///
/// To begin a session a process is forked, and all page tables of this one with it; to lead a group it need not be.
pub(super) fn set_apart(command: &mut Command, keep_terminal: bool) -> io::Result<()> {
    if keep_terminal || !has_terminal() {
        command.process_group(0);
        return Ok(());
    }
    // Who leads a group can begin no session, so a group that the command was given is taken back. Ours has no number where
    // it comes from outside of this namespace.
    match getpgrp().as_raw() {
        0 => {}
        ours => _ = command.process_group(ours),
    }
    // The hook of a wrapper of commands does all there is to do before the start; the wrapper's own child, which waits for
    // the whole group, is not what is wanted here.
    ProcessSession.pre_spawn(command, &CommandWrap::with_new("", |_| {}))
}

/// Whether this session has a terminal that a tool could ask and be stopped by.
fn has_terminal() -> bool {
    match File::open("/dev/tty") {
        Ok(_) => true,
        Err(error) => Errno::from_io_error(&error) != Some(Errno::NXIO),
    }
}
