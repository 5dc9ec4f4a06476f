//! The service that the W3C's trace-context validation suite drives: it is told whom to call, calls them, and the suite
//! looks at the headers that arrive.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use axum::routing::post;
use axum::{BoxError, Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use lexopt::{Arg, Parser, ValueExt as _};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde::Deserialize;
use serde_json::Value;
use telemetry_core::Telemetry;
use telemetry_core::settings::Url;
use telemetry_http::{ExternalMiddleware, ExternalOperation, HttpLayer};
use telemetry_testkit::OtlpSink;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// What the program says of this command when it is asked for help.
pub(crate) const HELP: &str = "\
  agent-platform w3c [--listen ADDR] [--endpoint URL]
                                 serve the W3C's trace-context validation suite at http://ADDR/test until SIGINT or
                                 SIGTERM; ADDR is on the loopback interface, default 127.0.0.1:5000";

/// One call that the suite asks for.
#[derive(Debug, Deserialize)]
struct Step {
    url: String,
    /// What whoever is called finds in the body: further calls, mostly.
    #[serde(default)]
    arguments: Value,
}

struct Flags {
    listen: SocketAddr,
    endpoint: Option<String>,
}

impl Flags {
    fn parse(mut parser: Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut flags = Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 5000)), endpoint: None };
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("listen") => flags.listen = parser.value()?.parse()?,
                Arg::Long("endpoint") => flags.endpoint = Some(parser.value()?.string()?),
                other => return Err(other.unexpected()),
            }
        }
        // Whoever reaches it can have it call anybody.
        if !flags.listen.ip().is_loopback() {
            return Err(format!("--listen {}: accepted are addresses of the loopback interface", flags.listen).into());
        }
        Ok(Some(flags))
    }
}

/// Serves until it is told to stop; `None` when the flags ask for help.
pub(crate) fn run(parser: Parser) -> Result<Option<ExitCode>, BoxError> {
    let Some(flags) = Flags::parse(parser)? else { return Ok(None) };
    let embedded = match flags.endpoint {
        Some(_) => None,
        None => Some(OtlpSink::builder().start()?),
    };
    let endpoint = flags.endpoint.or_else(|| embedded.as_ref().map(OtlpSink::endpoint)).unwrap_or_default();
    let telemetry = Telemetry::builder("agent-platform-w3c").from_env()?.endpoint(Url::from(endpoint)).init()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(flags.listen).await?;
        println!("listening on http://{}/test", listener.local_addr()?);
        let (mut interrupted, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let stop = async move {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
        };
        let router = router(HttpLayer::new(telemetry.meter()));
        axum::serve(listener, router).with_graceful_shutdown(stop).await?;
        Ok::<_, BoxError>(())
    })?;
    println!("telemetry shut down {}", telemetry.shutdown());
    Ok(Some(ExitCode::SUCCESS))
}

fn router(layer: HttpLayer) -> Router {
    // A proxy between the suite and us would be what is tested.
    let client = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
    let client = ClientBuilder::new(client).with(ExternalMiddleware::new("harness")).build();
    Router::new().route("/test", post(move |Json(steps): Json<Vec<Step>>| test(client, steps))).layer(layer)
}

/// Calls everyone whom the suite names, one after the other.
async fn test(client: ClientWithMiddleware, steps: Vec<Step>) -> StatusCode {
    for Step { url, arguments } in steps {
        let call = client.post(url).header(CONTENT_TYPE, "application/json").body(arguments.to_string());
        if call.with_extension(ExternalOperation::from_static("callback")).send().await.is_err() {
            return StatusCode::BAD_GATEWAY;
        }
    }
    StatusCode::OK
}
