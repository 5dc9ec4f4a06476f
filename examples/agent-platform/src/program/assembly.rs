//! How the platform is put together with what stands in for its surroundings.

use std::sync::Arc;

use axum::BoxError;
use telemetry_agent::Agents;
use telemetry_core::Meter;
use telemetry_health::{GitHubRateLimit, HttpCheck};
use telemetry_mcp::Mcp;
use tokio_util::sync::CancellationToken;

use crate::check::{Ledger, canary, connected, made, opened};
use crate::platform::Platform;
use crate::platform::board::{Board, Surroundings, TaskStore, TaskTable, Worker};
use crate::platform::executions::{Executor, Toolbox};
use crate::platform::github::GitHubClient;
use crate::platform::mcp::{self, Toolset};
use crate::platform::models::{Gateway, Providers, UsageTable};
use crate::platform::streams::Streaming;
use crate::platform::worktrees::Repository;
use crate::stand_in::mcp_tools::{self, EndingTools};
use crate::stand_in::{self, EventLog, LockedStore, NotedTasks, Scratch, StandInEngine, Switchboard};

/// The platform among stand-ins, which note what they gave in the ledger.
pub(super) struct Assembly {
    pub(super) platform: Platform<EventLog>,
    /// Where usage is stored.
    pub(super) usage: UsageTable,
    /// Where tasks are stored.
    pub(super) tasks: Arc<dyn TaskStore>,
    pub(super) github: GitHubRateLimit,
    /// The platform's files.
    pub(super) scratch: Scratch,
}

impl Assembly {
    /// Starts the stand-ins and connects the platform to them; `over` is when the load is, `seed` says what models use, and
    /// `troubled` whether the store of usage is locked at first.
    pub(super) async fn start(
        (meter, agents): (&Meter, &Agents),
        ledger: &Arc<Ledger>,
        over: &CancellationToken,
        switchboard: &Arc<Switchboard>,
        (seed, troubled): (u64, bool),
    ) -> Result<Self, BoxError> {
        let scratch = Scratch::make().await?;
        let engine = Arc::new(StandInEngine::new(Arc::clone(ledger)));
        let toolbox = Arc::new(Toolbox::new(meter, stand_in::tools()?));
        let executor = Executor::new(meter, Arc::clone(&toolbox), stand_in::agents(), engine);

        let provider = stand_in::provider_routes(seed, Arc::clone(ledger), over.clone(), Arc::clone(switchboard));
        let host = stand_in::listen(provider).await?.to_string();
        let providers = Providers { host, api_key: canary::KEY.to_owned() };
        let usage = UsageTable::open(meter).await?;
        let store = LockedStore::new(usage.clone(), troubled, Arc::clone(ledger), Arc::clone(switchboard));
        let gateway = Arc::new(Gateway::new(meter, providers, stand_in::deployments(), store)?);
        made(ledger, "tool", "usage");

        let mcp = Mcp::new(meter);
        let listening = mcp::listen(&mcp, mcp_tools::LISTENING, mcp_tools::PATH, EndingTools).await?;
        let servers = mcp_tools::servers(listening)?;
        let (toolset, connections) = Toolset::connect(&mcp, servers, mcp_tools::registry()).await?;
        let toolset = Arc::new(toolset);
        connected(ledger, [mcp_tools::LISTENING, mcp_tools::FILES]);

        let github = stand_in::listen(stand_in::github_routes(Arc::clone(ledger))).await?;
        let table = TaskTable::open(meter, &scratch.database()).await?;
        let tasks = Arc::new(NotedTasks::new(table, Arc::clone(ledger), Arc::clone(switchboard)));
        tasks.live_before().await?;
        let around = Surroundings {
            store: Arc::<NotedTasks<TaskTable>>::clone(&tasks),
            worker: Worker { gateway: Arc::clone(&gateway), toolbox, toolset: Arc::clone(&toolset) },
            repository: Repository::open(meter, scratch.repository(), scratch.worktrees()).await?,
            github: GitHubClient::new(meter, github.to_string(), "example/scratch".to_owned())?,
        };
        let board = Board::restore(agents, stand_in::projects(), around).await?;
        opened(ledger, stand_in::PROJECT);
        let sessions = agents.create_project(stand_in::SESSIONS);
        opened(ledger, stand_in::SESSIONS);

        let github = GitHubRateLimit::at(HttpCheck::new(format!("http://{github}/rate_limit"))?, "stand-in")?;
        let platform = Platform {
            board: Arc::new(board),
            executor: Arc::new(executor),
            gateway,
            toolset,
            connections,
            streaming: Arc::new(Streaming::new(meter, EventLog { switchboard: Arc::clone(switchboard) }, sessions)),
        };
        Ok(Self { platform, usage, tasks, github, scratch })
    }
}
