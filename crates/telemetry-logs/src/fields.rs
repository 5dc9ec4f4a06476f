//! What the names of fields mean in the schema of lines.

/// How many ids say what a line is about.
pub(crate) const IDS: usize = 7;

/// The keys of the ids, in the schema's order.
pub(crate) const ID_KEYS: [&str; IDS] =
    ["requestId", "userId", "sessionId", "projectId", "agentId", "taskId", "worktreeId"];

/// Where the value of a field stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    Message,
    Component,
    /// One of the ids, by its place in [`ID_KEYS`].
    Id(usize),
    Duration,
    ErrorCode,
    ErrorMessage,
    ErrorType,
    ErrorStack,
    ErrorDetail(&'a str),
    /// What the bridge of the `log` crate says of where a record came from, and what is for spans alone.
    Nowhere,
    Data(&'a str),
}

impl<'a> Place<'a> {
    /// The place of a field; names are taken as they are written in Rust, in the schema, and by the semantic conventions.
    pub(crate) fn of(name: &'a str) -> Self {
        if let Some(id) = Self::id(name) {
            return Self::Id(id);
        }
        match name {
            "message" => Self::Message,
            "component" => Self::Component,
            "duration" | "duration_ms" => Self::Duration,
            "error_code" | "errorCode" | "error.code" => Self::ErrorCode,
            "error" | "err" | "error_message" | "error.message" | "exception.message" => Self::ErrorMessage,
            "error_type" | "error.type" | "exception.type" => Self::ErrorType,
            "stack" | "error_stack" | "error.stack" | "exception.stacktrace" => Self::ErrorStack,
            _ => {
                let name = name.strip_prefix("r#").unwrap_or(name);
                if name.starts_with("log.") || name.starts_with("otel.") {
                    return Self::Nowhere;
                }
                let detail = name.strip_prefix("error.details.").or_else(|| name.strip_prefix("error."));
                detail.map_or(Self::Data(name), Self::ErrorDetail)
            }
        }
    }

    /// The id that a field says, by its place in [`ID_KEYS`].
    pub(crate) fn id(name: &str) -> Option<usize> {
        Some(match name {
            "request_id" | "requestId" | "request.id" => 0,
            "user_id" | "userId" | "user.id" => 1,
            "session_id" | "sessionId" | "session.id" => 2,
            "project_id" | "projectId" | "project.id" => 3,
            "agent_id" | "agentId" | "agent.id" | "gen_ai.agent.id" => 4,
            "task_id" | "taskId" | "task.id" => 5,
            "worktree_id" | "worktreeId" | "worktree.id" => 6,
            _ => return None,
        })
    }
}
