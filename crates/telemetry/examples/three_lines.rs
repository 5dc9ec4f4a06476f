//! Three lines of set-up, and one call that is measured: `cargo run -p telemetry --example three_lines --features runtime`.
//!
//! What it exports goes to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names; without one the export says once that
//! it fails, and the report at the end says what was lost.

use std::time::Duration;

use telemetry::runtime::Tools;
use tokio::process::Command;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let telemetry = telemetry::init("three-lines")?;
    tracing::info!("asking the tool");
    let output = Tools::global().start("echo").execute(Command::new("cat"), "hello", Duration::from_secs(5)).await?;
    tracing::info!(bytes = output.written(), "the tool answered");
    let report = telemetry.shutdown_within(Duration::from_secs(1));
    tracing::info!(%report, "the telemetry has ended");
    Ok(())
}
