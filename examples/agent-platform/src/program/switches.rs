//! Faults that are switched by what is written to standard input.

use std::io;
use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot;

use crate::stand_in::{Switchboard, Switched};

/// Switches what the lines of standard input say; the receiver hears of its end.
///
/// # Errors
///
/// When the system has no thread left.
pub(super) fn read(switchboard: Arc<Switchboard>) -> io::Result<oneshot::Receiver<()>> {
    let (close, closed) = oneshot::channel();
    // A thread of its own, which nobody waits for: a line that never comes keeps no runtime from ending.
    thread::Builder::new().name("switches".to_owned()).spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            match line.parse() {
                Ok(Switched { fault, on }) => switchboard.set(fault, on),
                Err(error) => eprintln!("{error}"),
            }
        }
        // It fails only where nobody waits for it.
        let _heard = close.send(());
    })?;
    Ok(closed)
}
