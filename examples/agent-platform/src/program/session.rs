//! One life of the platform: telemetry, server, load, and their end.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::BoxError;
use telemetry_agent::Agents;
use telemetry_core::settings::Url;
use telemetry_core::{Telemetry, TelemetryBuilder};
use telemetry_health::{ObservedProcess, Process};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::assembly::Assembly;
use super::options::Options;
use crate::check::{Ledger, Witness, queried};
use crate::load::{Callers, Faults, Followers, hang, misbehave, stay};
use crate::platform::Vitals;
use crate::stand_in::Switchboard;

/// The platform's telemetry, and the load that it is ready for.
pub(super) struct Session {
    pub(super) telemetry: Telemetry,
    pub(super) ledger: Arc<Ledger>,
    /// What is to go wrong just now.
    pub(super) switchboard: Arc<Switchboard>,
    /// Knows what there is on the board until the last export has shown it.
    agents: Agents,
    _process: ObservedProcess,
    runtime: Runtime,
    callers: Callers,
    followers: Followers,
    faults: Faults,
}

impl Session {
    /// Starts the telemetry; `endpoint` counts more than the environment, and `adjust` more than both.
    pub(super) fn start(
        options: &Options,
        endpoint: Option<&str>,
        adjust: impl FnOnce(TelemetryBuilder) -> TelemetryBuilder,
    ) -> Result<Self, BoxError> {
        // Its log lines are telemetry-logs'.
        let builder = telemetry_logs::install(Telemetry::builder("agent-platform"));
        let mut builder = builder.version(env!("CARGO_PKG_VERSION")).prometheus(options.prometheus).from_env()?;
        if let Some(endpoint) = endpoint {
            builder = builder.endpoint(Url::from(endpoint));
        }
        let telemetry = adjust(builder).init()?;
        let agents = Agents::new(telemetry.meter());
        let process = Process::new().observe(telemetry.meter());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let ledger = Arc::new(Ledger::default());
        let &Options { seed, rate, faults, .. } = options;
        let callers = Callers { seed, rate, bad_tools: faults.tools, ledger: Arc::clone(&ledger) };
        let followers = Followers { seed, rate, bad_streams: faults.streams, ledger: Arc::clone(&ledger) };
        let switchboard = Arc::default();
        Ok(Self { telemetry, ledger, switchboard, agents, _process: process, runtime, callers, followers, faults })
    }

    /// Runs platform and load until `stop`, and until all that began has ended.
    pub(super) fn run(&self, stop: impl Future<Output = ()>) -> Result<(), BoxError> {
        self.runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let address = listener.local_addr()?;
            let (close, closed) = oneshot::channel::<()>();
            let meter = self.telemetry.meter();
            let over = CancellationToken::new();
            let (seed, troubled) = (self.callers.seed, self.faults.tools);
            let (telemetry, switchboard) = ((meter, &self.agents), &self.switchboard);
            let assembly = Assembly::start(telemetry, &self.ledger, &over, switchboard, (seed, troubled)).await?;
            let Assembly { platform, usage, tasks, github, scratch } = assembly;
            misbehave(self.faults, &platform.executor, &self.ledger);
            let vitals = Vitals::start(&self.telemetry, address, tasks, github)?;
            let witness = Witness::new(Arc::clone(&self.ledger));
            // The probes are no load, and nobody counts them.
            let routes = vitals.add_to(witness.before(platform.routes(meter)));
            let server = axum::serve(listener, routes).with_graceful_shutdown(async { drop(closed.await) });
            let server = tokio::spawn(server.into_future());
            let called = async {
                let _over = over.clone().drop_guard();
                let stop = async {
                    stop.await;
                    // Nothing ends while it goes wrong.
                    switchboard.clear();
                };
                self.callers.run(address, stop).await
            };
            let hung = hang(address, switchboard, &over);
            let followed = self.followers.run(address, &platform.streaming, &over);
            let stayed = stay(address, Arc::clone(&self.ledger));
            let (answered, followed, stayed, hung) = tokio::join!(called, followed, stayed, hung);
            drop((close, vitals));
            server.await??;
            platform.drain().await?;
            witness.wait().await;
            queried(&self.ledger, "select", "usage_records", 1);
            self.all_is_stored(usage.count().await?)?;
            drop(scratch);
            answered.and(followed).and(stayed).and(hung).map_err(BoxError::from)
        })
    }

    /// Whether each call of a model has its record.
    fn all_is_stored(&self, stored: u64) -> Result<(), BoxError> {
        let called = self.ledger.snapshot().total("llm_provider_request_seconds").unwrap_or_default();
        if stored == called { Ok(()) } else { Err(format!("of {called} usage records {stored} are stored").into()) }
    }

    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Where `/metrics` is.
    pub(super) fn metrics_address(&self) -> Option<SocketAddr> {
        self.telemetry.prometheus_address()
    }
}
