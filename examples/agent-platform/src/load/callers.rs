//! The callers of the platform.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use fastrand::Rng;
use http::Method;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::client;
use super::crowd::Crowd;
use crate::platform::{AGENTS, BAD, GOOD, SLOW, WORKFLOWS};
use crate::{llm, mcp};

/// Callers of the platform: they ask for one operation after the other at a steady rate, without waiting for answers.
pub(crate) struct Load {
    pub(crate) seed: u64,
    pub(crate) rate: u32,
    /// Whether they ask for tools that fail too.
    pub(crate) bad_tools: bool,
}

/// One call of the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    path: String,
    /// After how long the caller gives up.
    patience: Option<Duration>,
}

impl Load {
    /// Calls until `stop`, but each operation once at least, and waits for all answers.
    ///
    /// # Errors
    ///
    /// The first call that got no answer although its caller waited for one.
    pub(crate) async fn run(&self, platform: SocketAddr, stop: impl Future<Output = ()>) -> Result<(), String> {
        let mut stop = pin!(stop);
        let mut random = Rng::with_seed(self.seed);
        let calls = self.calls();
        // Each call once, in their order, so that a short load on a slow machine has seen all of them, too; then as
        // chance has it.
        let mut first_round = calls.iter();
        let mut tick = interval(Duration::from_secs(1) / self.rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let crowd = Crowd::default();
        loop {
            tokio::select! {
                () = &mut stop, if first_round.len() == 0 => break,
                _ = tick.tick() => {}
            }
            let call = first_round.next().or_else(|| random.choice(&calls)).cloned();
            if let Some(call) = call {
                crowd.send(call.make(platform));
            }
        }
        crowd.wait().await
    }

    /// All that callers ask for; what stands here several times is asked for more often.
    fn calls(&self) -> Vec<Call> {
        let mut calls = Vec::new();
        for tool in GOOD {
            calls.extend([
                Call::waiting(format!("/tasks/{}", tool.id)),
                Call::waiting(format!("/tasks/{}/start", tool.id)),
            ]);
        }
        for workflow in WORKFLOWS {
            calls.push(Call::waiting(format!("/workflows/{}", workflow.id)));
        }
        for agent in AGENTS {
            calls.extend([
                Call::waiting(format!("/agents/{}", agent.id)),
                Call::waiting(format!("/agents/{}/start", agent.id)),
            ]);
        }
        calls.extend(llm::ANSWERED.iter().map(|ask| Call::waiting(format!("/models/{}", ask.name))));
        calls.extend(mcp::ANSWERED.iter().map(|ask| Call::waiting(format!("/mcp/{}", ask.name))));
        if self.bad_tools {
            calls.extend(llm::TROUBLED.iter().map(|ask| Call::waiting(format!("/models/{}", ask.name))));
            calls.extend(mcp::TROUBLED.iter().map(|ask| Call::waiting(format!("/mcp/{}", ask.name))));
            calls.push(Call::waiting(format!("/mcp/{}", mcp::UNKNOWN)));
            calls.extend(BAD.iter().map(|tool| Call::waiting(format!("/tasks/{}", tool.id))));
            calls.push(Call::waiting("/agents/unknown".to_owned()));
            let patience = Some(Duration::from_millis(250));
            calls.push(Call { path: format!("/tasks/{}", SLOW.id), patience });
        }
        calls
    }
}

impl Call {
    fn waiting(path: String) -> Self {
        Self { path, patience: None }
    }

    async fn make(self, platform: SocketAddr) -> Result<(), String> {
        let answer = client::call(Method::POST, platform, &self.path);
        let answered = match self.patience {
            None => answer.await,
            Some(patience) => match timeout(patience, answer).await {
                Ok(answered) => answered,
                Err(_gave_up) => return Ok(()),
            },
        };
        answered.map(|_answer| ()).map_err(|error| format!("{} was not answered: {error}", self.path))
    }
}
