//! The load for tests with a real collector: it runs until it is told to stop, and then says what it did.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::BoxError;
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{SignalKind, signal};

use super::options::Options;
use super::session::Session;
use super::switches;
use crate::check::Recorded;

/// The first line that a load prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Where `/metrics` is.
    pub metrics: Option<SocketAddr>,
}

/// The last line that a load prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// What it did.
    pub recorded: Recorded,
    /// Whether all telemetry was exported before the process ended.
    pub complete: bool,
    /// The report of the telemetry's shutdown.
    pub shutdown: String,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, BoxError> {
    let session = Session::start(options, options.endpoint.as_deref(), |builder| builder)?;
    let mut terminated = session.runtime().block_on(async { signal(SignalKind::terminate()) })?;
    let closed = switches::read(Arc::clone(&session.switchboard))?;
    print(&Ready { metrics: session.metrics_address() })?;
    session.run(async {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = closed => {}
        }
    })?;
    let report = session.telemetry.shutdown();
    print(&Ended {
        recorded: session.ledger.snapshot(),
        complete: report.is_complete(),
        shutdown: report.to_string(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn print(line: &impl Serialize) -> Result<(), BoxError> {
    println!("{}", serde_json::to_string(line)?);
    Ok(())
}
