//! What the telemetry has to say of calls to a database and to GitHub, by what those were asked, and of what there is from
//! the start.

use http::StatusCode;
use telemetry_agent::labels::Column;
use telemetry_core::Label as _;

use super::ledger::Ledger;

/// A database was asked so many times.
pub(crate) fn queried(ledger: &Ledger, operation: &str, table: &str, times: u64) {
    let labels = [("operation", operation), ("table", table)];
    ledger.add("agentpane_db_queries_total", &labels, times);
    ledger.add("agentpane_db_query_duration_seconds", &labels, times);
    for _ in 0..times {
        ledger.span(&format!("db.{operation} {table}"));
    }
}

/// GitHub was asked, and answered so.
pub(crate) fn asked_github(ledger: &Ledger, endpoint: &str, operation: &str, status: StatusCode) {
    let endpoint = ("endpoint", endpoint);
    ledger.add("agentpane_github_api_calls_total", &[endpoint, ("status", status.as_str())], 1);
    ledger.add("agentpane_github_api_duration_seconds", &[endpoint], 1);
    ledger.span(&format!("external.github.{operation}"));
    if status == StatusCode::FORBIDDEN {
        let labels = [("error_code", "GITHUB_RATE_LIMITED"), ("component", "github")];
        ledger.add("agentpane_errors_total", &labels, 1);
    }
}

/// A project was created, and at the end there is nothing in it.
pub(crate) fn opened(ledger: &Ledger, project: &str) {
    ledger.add("agentpane_projects_total", &[], 1);
    empty(ledger, project);
}

/// A project that was there before, with tasks in these columns, one of which waits in the queue: nobody touches them.
pub(crate) fn restored(ledger: &Ledger, project: &str, columns: &[Column]) {
    empty(ledger, project);
    for column in columns {
        ledger.add("agentpane_tasks_total", &[("project_id", project), ("column", column.as_str())], 1);
    }
    ledger.add("agentpane_queue_depth", &[("project_id", project)], 1);
}

fn empty(ledger: &Ledger, project: &str) {
    let project = ("project_id", project);
    for column in Column::VALUES {
        ledger.add("agentpane_tasks_total", &[project, ("column", column)], 0);
    }
    for gauge in ["agentpane_queue_depth", "agentpane_agents_running", "agentpane_sessions_active"] {
        ledger.add(gauge, &[project], 0);
    }
}
