//! Names by which back ends for language models know what a span is, in development: those of the OpenTelemetry semantic
//! conventions for generative AI as of version 1.41, and of OpenInference where those have none.

/// `gen_ai.operation.name` of a run of a tool.
pub(crate) const EXECUTE_TOOL: &str = "execute_tool";
/// `gen_ai.operation.name` of an execution of an agent.
pub(crate) const INVOKE_AGENT: &str = "invoke_agent";
/// `gen_ai.operation.name` of an execution of a workflow.
pub(crate) const INVOKE_WORKFLOW: &str = "invoke_workflow";
/// `openinference.span.kind` of what leads from one step to the next: a task, a workflow, an agent that is prepared.
pub(crate) const CHAIN: &str = "CHAIN";
