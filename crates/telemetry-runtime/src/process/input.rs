//! What a tool reads from its stdin, and how far that got.

use std::fmt;
use std::io::{self, Write};
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;

/// What a tool reads from its stdin: nothing (`()`), or bytes.
///
/// `Debug` shows the length alone.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Input(Option<Vec<u8>>);

/// As much as an empty pipe takes at once on every system.
const FITS_PIPE: usize = 4096;

impl Input {
    /// The tool's stdin, and what is still to be written to it once the tool runs.
    ///
    /// A short input goes into the pipe before the tool starts: whether a tool that fails had "taken" it does not
    /// depend on who is faster then.
    pub(super) fn prepare(self) -> io::Result<(Stdio, Vec<u8>)> {
        let Some(bytes) = self.0 else { return Ok((Stdio::null(), Vec::new())) };
        if bytes.len() > FITS_PIPE {
            return Ok((Stdio::piped(), bytes));
        }
        let (reader, mut writer) = io::pipe()?;
        writer.write_all(&bytes)?;
        Ok((reader.into(), Vec::new()))
    }
}

/// How far the input got.
#[derive(Debug)]
pub(super) enum Delivery {
    Complete,
    Unfinished,
    Failed(io::Error),
}

impl Delivery {
    /// The error that kept the input from arriving.
    pub(super) fn undelivered(self) -> Option<io::Error> {
        match self {
            Self::Complete => None,
            Self::Unfinished => Some(io::ErrorKind::WriteZero.into()),
            Self::Failed(error) => Some(error),
        }
    }
}

/// Writes the input and closes the pipe. A failure is noted, not returned: only the tool's end tells whether it mattered.
pub(super) async fn feed(stdin: Option<ChildStdin>, input: Vec<u8>, delivery: &mut Delivery) {
    *delivery = Delivery::Unfinished;
    let written = match stdin {
        Some(mut stdin) => stdin.write_all(&input).await,
        None => Ok(()),
    };
    *delivery = match written {
        Ok(()) => Delivery::Complete,
        Err(error) => Delivery::Failed(error),
    };
}

impl From<()> for Input {
    fn from((): ()) -> Self {
        Self(None)
    }
}

impl From<Vec<u8>> for Input {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Some(bytes))
    }
}

impl From<&[u8]> for Input {
    fn from(bytes: &[u8]) -> Self {
        Self(Some(bytes.to_vec()))
    }
}

impl From<String> for Input {
    fn from(text: String) -> Self {
        Self(Some(text.into_bytes()))
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        Self(Some(text.as_bytes().to_vec()))
    }
}

impl From<&serde_json::Value> for Input {
    fn from(value: &serde_json::Value) -> Self {
        Self(Some(value.to_string().into_bytes()))
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("Input(none)"),
            Some(bytes) => write!(f, "Input({} bytes)", bytes.len()),
        }
    }
}
