//! The trace goes on to whoever is called next, whatever is exported, sampled, filtered or turned off: the matrix. Each
//! cell is a process of its own, because what it sets up is the process's.

use std::collections::BTreeMap;
use std::env;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::get;
use opentelemetry::trace::TraceContextExt as _;
use reqwest_middleware::ClientBuilder;
use telemetry_core::{Telemetry, propagation};
use telemetry_http::{AgentContext, ExternalMiddleware, HttpLayer};
use telemetry_mcp::Mcp;
use telemetry_runtime::Tools;
use telemetry_stream::Producer;
use telemetry_testkit::OtlpSink;
use tokio::net::TcpListener;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer};

/// Which cell a child tries.
const CELL: &str = "TRACE_FLOW_CELL";

const CALLERS_TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Whose subscriber it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subscriber {
    Ours,
    /// The application's, with axum's examples' filter over the whole.
    Filtered,
    /// The application's, with a filter around our layer.
    FilteredLayer,
    /// The application's, without our layer.
    WithoutLayer,
}

struct Cell {
    name: &'static str,
    vars: &'static [(&'static str, &'static str)],
    subscriber: Subscriber,
    /// Whether the handler's log record, which is an error of the application's own, arrives.
    logs: bool,
    /// Whether the guards' spans arrive.
    spans: bool,
}

const fn ours(name: &'static str, vars: &'static [(&'static str, &'static str)], logs: bool, spans: bool) -> Cell {
    Cell { name, vars, subscriber: Subscriber::Ours, logs, spans }
}

const fn own(name: &'static str, subscriber: Subscriber, logs: bool, spans: bool) -> Cell {
    Cell { name, vars: &[], subscriber, logs, spans }
}

const CELLS: &[Cell] = &[
    ours("as it comes", &[], true, true),
    ours("log level warn", &[("TELEMETRY_LOG_LEVEL", "warn")], true, true),
    ours("log level off", &[("TELEMETRY_LOG_LEVEL", "off")], false, true),
    ours("log level of a target", &[("TELEMETRY_LOG_LEVEL", "info,telemetry_http=warn")], true, true),
    ours("traces' level warn", &[("TELEMETRY_TRACES_LEVEL", "warn")], true, false),
    ours("traces' level of all targets", &[("TELEMETRY_TRACES_LEVEL", "off")], true, false),
    ours("no exporter of traces", &[("OTEL_TRACES_EXPORTER", "none")], true, false),
    ours(
        "no exporter at all",
        &[("OTEL_TRACES_EXPORTER", "none"), ("OTEL_METRICS_EXPORTER", "none"), ("OTEL_LOGS_EXPORTER", "none")],
        false,
        false,
    ),
    ours("no exporter of logs", &[("OTEL_LOGS_EXPORTER", "none")], false, true),
    ours("always_off", &[("OTEL_TRACES_SAMPLER", "always_off")], true, false),
    ours("always_on", &[("OTEL_TRACES_SAMPLER", "always_on")], true, true),
    ours("no share", &[("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0")], true, false),
    ours("disabled", &[("OTEL_SDK_DISABLED", "true")], false, false),
    own("a filter over the whole", Subscriber::Filtered, true, true),
    own("a filter around our layer", Subscriber::FilteredLayer, true, false),
    own("a subscriber without our layer", Subscriber::WithoutLayer, false, false),
];

#[test]
fn the_next_ones_trace_id_is_the_callers_in_every_cell() {
    let failed: Vec<_> = CELLS
        .iter()
        .filter_map(|cell| {
            let mut child = Command::new(env::current_exe().expect("the test is a program"));
            child.args(["--exact", "one_cell", "--nocapture"]).env(CELL, cell.name);
            let output = child.envs(cell.vars.iter().copied()).output().expect("it starts");
            let said =
                format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            let tried = output.status.success() && said.contains("1 passed");
            (!tried).then(|| format!("=== {}\n{said}", cell.name))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What the child of a cell does; without one there is nothing to do.
#[test]
fn one_cell() {
    let Ok(name) = env::var(CELL) else { return };
    let cell = CELLS.iter().find(|cell| cell.name == name).expect("a cell of the matrix");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started");
    let sink = OtlpSink::start();
    let builder = Telemetry::builder("trace-flow").endpoint(sink.endpoint()).from_env().expect("the settings are good");
    let telemetry = match cell.subscriber {
        Subscriber::Ours => builder.init().expect("nothing is installed yet"),
        _ => builder.own_subscriber().init().expect("nothing is installed yet"),
    };
    let printed = Printed::default();
    let filter = || EnvFilter::new("trace_flow=debug,tower_http=debug");
    let own: Option<tracing::Dispatch> = match cell.subscriber {
        Subscriber::Ours => None,
        Subscriber::Filtered => {
            Some(tracing_subscriber::registry().with(filter()).with(printing(&printed)).with(telemetry.layer()).into())
        }
        Subscriber::FilteredLayer => Some(
            tracing_subscriber::registry()
                .with(printing(&printed))
                .with(telemetry.layer().with_filter(filter()))
                .into(),
        ),
        Subscriber::WithoutLayer => Some(tracing_subscriber::registry().with(printing(&printed)).into()),
    };
    if let Some(own) = own {
        tracing::dispatcher::set_global_default(own).expect("there is none yet");
    }

    let told = runtime.block_on(call_through());
    for (way, traceparent) in &told {
        assert!(traceparent.contains(CALLERS_TRACE), "{way}: {traceparent:?} of {told:?}");
    }
    assert_eq!(told.len(), WAYS, "{told:?}");
    if matches!(cell.subscriber, Subscriber::Filtered) {
        let printed = printed.text();
        assert_eq!(printed.matches("the subscriber's filter leaves out log records").count(), 1, "{printed}");
    }

    assert!(telemetry.shutdown_within(Duration::from_secs(20)).is_complete());
    let logs = sink.logs();
    let of_handler: Vec<_> = logs.iter().filter(|log| log.body.contains("from the handler")).collect();
    assert_eq!(of_handler.len(), usize::from(cell.logs), "{}", sink.dump());
    for log in of_handler {
        assert_eq!(log.trace_id.as_deref(), Some(CALLERS_TRACE), "{}", sink.dump());
    }
    let spans = sink.spans();
    let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names.iter().any(|name| name.starts_with("http.GET")), cell.spans, "{names:?}");
    assert_eq!(names.contains(&"runtime.execute_tool"), cell.spans, "{names:?}");
    assert!(spans.iter().all(|span| span.trace_id == CALLERS_TRACE), "{}", sink.dump());
}

/// Where the context goes: in the response, to the service that is called, to an MCP server, to a process, into the log of a
/// tool, into an event.
const WAYS: usize = 6;

type Told = Arc<Mutex<BTreeMap<&'static str, String>>>;

/// Calls a service within the caller's trace, and returns the `traceparent` of each way on.
async fn call_through() -> BTreeMap<&'static str, String> {
    let told = Told::default();
    let next = serve(Router::new().route("/next", get(next)).with_state(told.clone())).await;
    let state = (told.clone(), next);
    let app = Router::new().route("/work", get(work)).with_state(state).layer(HttpLayer::global().clone());
    let service = serve(app).await;
    let response = reqwest::Client::new()
        .get(format!("{service}/work"))
        .header("traceparent", format!("00-{CALLERS_TRACE}-b7ad6b7169203331-01"))
        .send()
        .await
        .expect("it is answered");
    note(&told, "response", response.headers().get("traceparent").map(|value| value.to_str().expect("it is text")));
    told.lock().expect("nobody panicked").clone()
}

async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

async fn next(State(told): State<Told>, headers: HeaderMap) {
    note(&told, "reqwest", headers.get("traceparent").map(|value| value.to_str().expect("it is text")));
}

async fn work(State((told, next)): State<(Told, String)>) {
    tracing::error!("from the handler");
    let client = ClientBuilder::new(reqwest::Client::new()).with(ExternalMiddleware::new("next")).build();
    client.get(format!("{next}/next")).send().await.expect("it is answered");

    let call = Mcp::global().start("files", "read");
    let mut meta = BTreeMap::new();
    propagation::inject(&call.span().context(), &mut meta);
    call.succeed();
    note(&told, "mcp", meta.get("traceparent").map(String::as_str));

    let run = Tools::global().start("git-diff");
    let environment: BTreeMap<_, _> = run.in_scope(|| AgentContext::current().environment().into_iter().collect());
    note(&told, "environment", environment.get("TRACEPARENT").map(String::as_str));
    let within = run.in_scope(propagation::current).span().span_context().trace_id().to_string();
    note(&told, "within", Some(&within));
    run.succeed();

    note(&told, "event", Producer::current().map(|producer| producer.traceparent()).as_deref());
}

fn note(told: &Told, way: &'static str, traceparent: Option<&str>) {
    told.lock().expect("nobody panicked").insert(way, traceparent.unwrap_or_default().to_owned());
}

/// The application's own layer.
fn printing<S>(printed: &Printed) -> impl Layer<S> + use<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer().with_writer(printed.clone())
}

/// What the application's own layer prints.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("nobody panicked").clone()).expect("it is text")
    }
}

impl std::io::Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Printed {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
