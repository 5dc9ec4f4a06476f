//! A process from its start to its end, through pipes, timeout and signals.

use std::io;
use std::pin::{Pin, pin};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time;

use super::capture::{Stdout, Tail};
use super::care::Care;
use super::group::Group;
use super::input::{Delivery, feed};
use super::{Exit, Failure, Input, Limits};

/// A process that has ended, or never was.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) result: Result<(), Failure>,
    pub(crate) exit: Option<Exit>,
    pub(crate) stdout: Stdout,
    pub(crate) stderr: Tail,
}

/// Runs a process to its end. Dropping the future kills its group.
pub(crate) async fn drive(command: Command, input: Input, timeout: Duration, care: &Care<'_>) -> Ended {
    let limits = &care.limits;
    let mut stdout = Stdout::new(limits);
    let mut stderr = Tail::new(limits);
    let mut delivery = Delivery::Unfinished;

    let (mut group, input) = match start(command, input, timeout, care).await {
        Ok(started) => started,
        Err(error) => return Ended { result: Err(Failure::Start(error)), exit: None, stdout, stderr },
    };
    // The outputs stay open until the tool has been killed: closed before, they would end a flood by SIGPIPE.
    let (stdin_pipe, mut stdout_pipe, mut stderr_pipe) = group.take_pipes();
    let pumps = async {
        let fed = async {
            feed(stdin_pipe, input, &mut delivery).await;
            Ok(())
        };
        tokio::try_join!(fed, stdout.drain(stdout_pipe.as_mut()), stderr.drain(stderr_pipe.as_mut())).map(drop)
    };
    let supervised = supervise(&mut group, pin!(pumps), timeout, limits).await;
    let reaped = group.reap(limits.drain).await;

    let exit = reaped.as_ref().ok().copied();
    let result = match (supervised, reaped) {
        (Err(failure), _) => Err(failure),
        (Ok(()), Err(error)) => Err(Failure::Wait(error)),
        (Ok(()), Ok(exit)) => judge(exit, delivery),
    };
    Ended { result, exit, stdout, stderr }
}

async fn start(mut command: Command, input: Input, timeout: Duration, care: &Care<'_>) -> io::Result<(Group, Vec<u8>)> {
    let (stdin, rest) = input.prepare()?;
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok((Group::spawn(command, care, timeout).await?, rest))
}

/// What the end of a tool means that nobody stopped.
///
/// A signal is its own explanation, so only a tool that exited with a failure can have failed for want of its input.
fn judge(exit: Exit, delivery: Delivery) -> Result<(), Failure> {
    match exit {
        Exit::Code(0) => Ok(()),
        Exit::Code(_) => match delivery.undelivered() {
            Some(source) => Err(Failure::Stdin { exit, source }),
            None => Err(Failure::Exit(exit)),
        },
        Exit::Signal(_) => Err(Failure::Exit(exit)),
    }
}

/// Keeps the pipes flowing until the process has ended, or stops it at its limits.
async fn supervise<P>(
    group: &mut Group,
    mut pumps: Pin<&mut P>,
    timeout: Duration,
    limits: &Limits,
) -> Result<(), Failure>
where
    P: Future<Output = Result<(), Failure>>,
{
    let mut limit = pin!(time::sleep(timeout));
    let mut pumped = false;
    loop {
        tokio::select! {
            // The pumps come last: a flood keeps them ready and would starve what follows.
            biased;
            ended = group.exited() => {
                ended.map_err(Failure::Wait)?;
                break;
            }
            () = &mut limit => {
                terminate(group, pumps, pumped, limits).await;
                return Err(Failure::Timeout(timeout));
            }
            result = &mut pumps, if !pumped => {
                result?;
                pumped = true;
            }
        }
    }
    if !pumped && let Ok(result) = time::timeout(limits.drain, pumps).await {
        result?;
    }
    Ok(())
}

/// SIGTERM, time to clean up for the tool and whatever it started, SIGKILL.
async fn terminate<P>(group: &mut Group, mut pumps: Pin<&mut P>, mut pumped: bool, limits: &Limits)
where
    P: Future<Output = Result<(), Failure>>,
{
    group.terminate();
    let mut exited = false;
    let closed = async {
        while !(exited && pumped) {
            tokio::select! {
                biased;
                _ = group.exited(), if !exited => exited = true,
                _ = &mut pumps, if !pumped => pumped = true,
            }
        }
    };
    if time::timeout(limits.grace, closed).await.is_ok() {
        return;
    }
    group.kill();
    if !pumped {
        // Only a process that left the group, and whose parent ended before it was seen, can hold the pipes now.
        let _ = time::timeout(limits.drain, pumps).await;
    }
}
