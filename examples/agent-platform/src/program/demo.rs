//! The demo: the platform under load for some seconds, then what of its telemetry arrived.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::BoxError;
use http::{Method, StatusCode};
use telemetry_testkit::OtlpSink;
use tokio::time::{interval, sleep};

use super::options::Options;
use super::session::Session;
use super::switches;
use crate::check::{self, Ledger, Pulled, canary};
use crate::load::client;

/// Metrics are exported more often than in production: the demo does not last long.
const METRIC_INTERVAL: Duration = Duration::from_secs(1);
/// How long the embedded receiver is down with `--faults outage`.
const OUTAGE: Duration = Duration::from_secs(3);

pub(super) fn run(options: &Options) -> Result<ExitCode, BoxError> {
    let receiver = match options.endpoint {
        Some(_) => None,
        None => Some(Arc::new(OtlpSink::builder().start()?)),
    };
    let endpoint = match &receiver {
        Some(receiver) => receiver.endpoint(),
        None => options.endpoint.clone().unwrap_or_default(),
    };
    let session = Session::start(options, Some(&endpoint), |builder| builder.metric_interval(METRIC_INTERVAL))?;
    println!("exporting to {endpoint} over OTLP/gRPC");
    if let Some(address) = session.metrics_address() {
        println!("serving http://{address}/metrics");
    }
    let progress = session.runtime().spawn(progress(Arc::clone(&session.ledger), receiver.clone()));
    if let (true, Some(receiver)) = (options.faults.outage, receiver.clone()) {
        session.runtime().spawn(outage(receiver, options.duration / 3));
    }
    // A demo has its time, whether somebody types or not.
    let _closed = switches::read(Arc::clone(&session.switchboard))?;
    let ran = session.run(async { sleep(options.duration).await });
    progress.abort();
    ran?;
    let pulled = pull(&session)?;
    let shutdown = session.telemetry.shutdown();
    let recorded = session.ledger.snapshot();
    println!("telemetry shut down {shutdown}\n");

    // A load in which all goes wrong that can leaves nothing of these domains unused.
    let mut used = vec![
        telemetry_agent::CATALOGUE,
        telemetry_db::CATALOGUE,
        telemetry_health::CATALOGUE,
        telemetry_http::CATALOGUE,
    ];
    if options.faults.tools {
        used.extend([telemetry_runtime::CATALOGUE, telemetry_llm::CATALOGUE, telemetry_mcp::CATALOGUE]);
        used.push(telemetry_vcs::CATALOGUE);
    }
    if options.faults.streams {
        used.push(telemetry_stream::CATALOGUE);
    }
    let mut verdict = match &receiver {
        Some(receiver) => check::received(&recorded, receiver, &used),
        None => check::sent(&recorded),
    };
    verdict.pulled(&recorded, &pulled);
    if let Some(receiver) = &receiver {
        let silent = !canary::ALL.iter().any(|canary| receiver.contains_bytes(canary));
        verdict.check("no prompt, completion, argument, result or key is in what arrived", silent);
        let trace = check::one_trace(&receiver.spans());
        verdict.check("one trace leads from a request to what is heard of it", trace.is_some());
        verdict.show(trace.unwrap_or_default());
    }
    verdict.check("the platform did something", !recorded.series.is_empty());
    verdict.check("everything was exported before the end", shutdown.is_complete());
    println!("{verdict}");
    Ok(if verdict.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads the platform's own `/metrics`.
fn pull(session: &Session) -> Result<Pulled, BoxError> {
    let Some(address) = session.metrics_address() else { return Err("there is no pull endpoint".into()) };
    let answer = session.runtime().block_on(client::call(Method::GET, address, "/metrics"))?;
    if answer.status() != StatusCode::OK {
        return Err(format!("http://{address}/metrics answered {}", answer.status()).into());
    }
    Ok(Pulled::read(std::str::from_utf8(answer.body())?)?)
}

/// Says each second how far it is.
async fn progress(ledger: Arc<Ledger>, receiver: Option<Arc<OtlpSink>>) {
    let begun = Instant::now();
    let mut tick = interval(Duration::from_secs(1));
    tick.tick().await;
    loop {
        tick.tick().await;
        let recorded = ledger.snapshot();
        let total = |name| recorded.total(name).unwrap_or_default();
        print!(
            "{:>3} s: {} operations, {} tool runs, {} of them failed",
            begun.elapsed().as_secs(),
            total("platform_operations_total"),
            total("runtime_tool_execute_seconds"),
            total("runtime_tool_errors_total"),
        );
        match &receiver {
            Some(receiver) => {
                let (spans, logs) = (receiver.spans().len(), receiver.logs().len());
                println!("; received {spans} spans, {logs} log records");
            }
            None => println!(),
        }
    }
}

async fn outage(receiver: Arc<OtlpSink>, after: Duration) {
    sleep(after).await;
    println!("       the receiver dies");
    receiver.die();
    sleep(OUTAGE).await;
    match receiver.revive() {
        Ok(()) => println!("       the receiver is back"),
        Err(error) => println!("       the receiver does not come back: {error}"),
    }
}
