//! Lines of an agent at work, on standard error.

use serde_json::json;
use telemetry_logs::{LogSettings, Logs, SamplingSettings, component, nested};
use tracing_subscriber::layer::SubscriberExt as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = LogSettings {
        level: Some("debug".to_owned()),
        sampling: SamplingSettings { debug: 1.0, ..SamplingSettings::default() },
        ..LogSettings::default()
    };
    let logs = Logs::builder("agentpane").settings(settings).start()?;
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(logs.layer()))?;

    let agent = component::agent("agent-7");
    agent.in_scope(|| {
        tracing::info!(task_id = "task-3", session_id = "session-1", "Agent started");
        let input = json!({ "path": "/src/index.ts", "headers": { "x-api-key": "hunter2" } });
        tracing::debug!(tool = "Read", input = %nested(&input), "Tool input prepared");
        tracing::warn!(current = 40, max = 50, "Agent approaching turn limit");
        tracing::error!(
            error_code = "AGENT_EXECUTION_ERROR",
            error = "the model refused Bearer sk-ant-api03-AbCdEf0123456789",
            duration_ms = 1_500,
            turn_count = 15,
            "Agent execution failed"
        );
    });
    Ok(())
}
