//! One life of the platform: telemetry, servers, load, and their end.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use telemetry_core::settings::Url;
use telemetry_core::{Telemetry, TelemetryBuilder};
use telemetry_health::{ObservedProcess, Process};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::check::Ledger;
use crate::health::Vitals;
use crate::http::measured;
use crate::llm::{self, Models};
use crate::load::Load;
use crate::mcp::{self, Toolset};
use crate::platform::{Platform, router};
use crate::program::options::{Faults, Options};
use crate::streams::{Followers, Streaming};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// How many plugins users name where there are too many of them: twice as many as the metric has room for.
const PLUGINS: u64 = 40;
const PLUGIN_LIMIT: u64 = 20;

/// The platform with its telemetry, ready for a load.
pub(crate) struct Session {
    pub(crate) telemetry: Telemetry,
    pub(crate) ledger: Arc<Ledger>,
    platform: Arc<Platform>,
    streaming: Arc<Streaming>,
    _process: ObservedProcess,
    runtime: Runtime,
    load: Load,
    followers: Followers,
    faults: Faults,
}

impl Session {
    /// Starts the telemetry; `endpoint` counts more than the environment, and `adjust` more than both.
    pub(crate) fn start(
        options: &Options,
        endpoint: Option<&str>,
        adjust: impl FnOnce(TelemetryBuilder) -> TelemetryBuilder,
    ) -> Result<Self, Failure> {
        let mut builder = Telemetry::builder("agent-platform")
            .version(env!("CARGO_PKG_VERSION"))
            .prometheus(options.prometheus)
            .from_env()?;
        if let Some(endpoint) = endpoint {
            builder = builder.endpoint(Url::from(endpoint));
        }
        let telemetry = adjust(builder).init()?;
        let ledger = Arc::new(Ledger::default());
        let platform = Arc::new(Platform::new(telemetry.meter(), Arc::clone(&ledger))?);
        let streaming = Arc::new(Streaming::new(telemetry.meter(), Arc::clone(&ledger)));
        let process = Process::new().observe(telemetry.meter());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let Faults { tools: bad_tools, streams: bad_streams, .. } = options.faults;
        let load = Load { seed: options.seed, rate: options.rate, bad_tools };
        let followers = Followers { seed: options.seed, rate: options.rate, bad_streams };
        Ok(Self {
            telemetry,
            ledger,
            platform,
            streaming,
            _process: process,
            runtime,
            load,
            followers,
            faults: options.faults,
        })
    }

    /// Runs platform and load until `stop`, and until all that began has ended.
    pub(crate) fn run(&self, stop: impl Future<Output = ()>) -> Result<(), Failure> {
        self.misbehave();
        self.runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let address = listener.local_addr()?;
            let (close, closed) = oneshot::channel::<()>();
            let (meter, ledger) = (self.telemetry.meter(), Arc::clone(&self.ledger));
            let vitals = Vitals::start(&self.telemetry, address)?;
            let (tools, connections) = Toolset::start(meter, Arc::clone(&ledger)).await?;
            let models = Models::start(meter, ledger, self.load.seed, self.load.bad_tools).await?;
            let routes = router(Arc::clone(&self.platform))
                .merge(llm::router(Arc::clone(&models)))
                .merge(mcp::router(tools))
                .merge(Arc::clone(&self.streaming).router());
            let routes = measured(routes, meter, &self.ledger);
            // The probes are no load, and nobody counts them.
            let server = axum::serve(listener, routes.merge(vitals.routes()));
            let server = server.with_graceful_shutdown(async { drop(closed.await) });
            let server = tokio::spawn(server.into_future());
            let over = CancellationToken::new();
            let load = async {
                let _over = over.clone().drop_guard();
                self.load.run(address, stop).await
            };
            let (answered, followed) = tokio::join!(load, self.followers.run(address, &self.streaming, &over));
            drop((close, vitals));
            server.await??;
            self.platform.drain().await;
            models.drain().await?;
            self.streaming.drain().await;
            connections.close().await?;
            answered.and(followed).map_err(Failure::from)
        })
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Where `/metrics` is.
    pub(crate) fn metrics_address(&self) -> Option<SocketAddr> {
        self.telemetry.prometheus_address()
    }

    /// The faults that come from the platform itself and not from its callers.
    fn misbehave(&self) {
        if self.faults.cardinality {
            for number in 0..PLUGINS {
                let plugin = format!("plugin-{number}");
                self.platform.call_plugin(&plugin);
                let known = if number < PLUGIN_LIMIT { &plugin } else { "_other" };
                self.ledger.add("platform_plugin_calls_total", &[("plugin", known)], 1);
            }
            let labels = [("metric", "platform_plugin_calls_total")];
            self.ledger.add("telemetry_series_overflow_total", &labels, PLUGINS - PLUGIN_LIMIT);
        }
        if self.faults.values {
            // None in use of none.
            self.platform.report_pressure(0, 0.0);
            let labels = [("signal", "metrics"), ("reason", "invalid_value")];
            self.ledger.add("telemetry_dropped_total", &labels, 1);
        }
    }
}
