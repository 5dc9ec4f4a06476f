//! How the platform is put together with what stands in for its surroundings.

use std::sync::Arc;

use axum::BoxError;
use telemetry_core::Meter;
use telemetry_health::{GitHubRateLimit, HttpCheck};
use telemetry_mcp::Mcp;

use crate::check::{Ledger, canary, connected, made};
use crate::platform::Platform;
use crate::platform::executions::{Executor, Toolbox};
use crate::platform::mcp::{self, Toolset};
use crate::platform::models::{Gateway, Providers, UsageTable};
use crate::platform::streams::Streaming;
use crate::stand_in::mcp_tools::{self, EndingTools};
use crate::stand_in::{self, EventLog, LockedOnce, StandInEngine};

/// The platform among stand-ins, which note what they gave in the ledger.
pub(super) struct Assembly {
    pub(super) platform: Platform<EventLog>,
    /// Where usage is stored.
    pub(super) usage: UsageTable,
    pub(super) github: GitHubRateLimit,
}

impl Assembly {
    /// Starts the stand-ins and connects the platform to them; `seed` says what models use, and `troubled` whether the
    /// store of usage is locked at first.
    pub(super) async fn start(
        meter: &Meter,
        ledger: &Arc<Ledger>,
        seed: u64,
        troubled: bool,
    ) -> Result<Self, BoxError> {
        let engine = Arc::new(StandInEngine::new(Arc::clone(ledger)));
        let executor = Executor::new(meter, Toolbox::new(meter, stand_in::tools()?), stand_in::agents(), engine);

        let host = stand_in::listen(stand_in::provider_routes(seed, Arc::clone(ledger))).await?.to_string();
        let providers = Providers { host, api_key: canary::KEY.to_owned() };
        let usage = UsageTable::open(meter).await?;
        let store = LockedOnce::new(usage.clone(), troubled);
        let gateway = Gateway::new(meter, providers, stand_in::deployments(), store)?;
        made(ledger, "tool", "usage");

        let mcp = Mcp::new(meter);
        let listening = mcp::listen(&mcp, mcp_tools::LISTENING, mcp_tools::PATH, EndingTools).await?;
        let servers = mcp_tools::servers(listening)?;
        let (toolset, connections) = Toolset::connect(&mcp, servers, mcp_tools::registry()).await?;
        connected(ledger, [mcp_tools::LISTENING, mcp_tools::FILES]);

        let github = stand_in::listen(stand_in::rate_limit_routes()).await?;
        let github = GitHubRateLimit::at(HttpCheck::new(format!("http://{github}/rate_limit"))?, "stand-in")?;

        let platform = Platform {
            executor: Arc::new(executor),
            gateway: Arc::new(gateway),
            toolset: Arc::new(toolset),
            connections,
            streaming: Arc::new(Streaming::new(meter, EventLog)),
        };
        Ok(Self { platform, usage, github })
    }
}
