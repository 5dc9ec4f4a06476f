//! Names by which back ends for language models know what a span is, in development: those of the OpenTelemetry semantic
//! conventions for generative AI as of version 1.41, and of OpenInference where those have none.

/// `gen_ai.operation.name` of a run of a tool.
pub(crate) const EXECUTE_TOOL: &str = "execute_tool";
/// `gen_ai.operation.name` of an execution of an agent.
pub(crate) const INVOKE_AGENT: &str = "invoke_agent";
/// `openinference.span.kind` of an execution of a workflow.
pub(crate) const CHAIN: &str = "CHAIN";
