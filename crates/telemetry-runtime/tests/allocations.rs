//! What guards allocate, in a program of its own: nothing else may allocate meanwhile.

use std::time::Duration;

use telemetry_core::trace::{ActiveSpan, Sampling, scoped};
use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Executions, Exit, Tools};
use telemetry_testkit::TestTelemetry;

#[test]
fn guards_of_what_is_known_allocate_nothing_where_the_trace_is_not_sampled() {
    let telemetry = TestTelemetry::new();
    let (tools, executions) = (Tools::new(telemetry.meter()), Executions::new(telemetry.meter()));
    let task_id = "task-0190c1f2-7b7e-7cc0-9f5e-0d5a9c0e5f11";
    let work = || {
        tools.start("git-diff").succeed();
        let mut run = tools.run("git-diff").permissions(&["read"]).start();
        run.exited(Exit::Code(3));
        run.wrote(4096);
        run.fail(ErrorKind::Wait);
        tools.start("search").fail_as("quota");
        drop(tools.start("search"));
        executions.task(task_id, "tool").timeout(Duration::from_secs(60)).start().succeed();
        executions.start_agent(task_id, "review").fail(502);
        executions.start_preparation(task_id).ready("review").start().fail_as("validation");
    };
    // Without a subscriber: log records cost what their layers do.
    let _sampling = scoped(Sampling::ParentBasedAlwaysOff);
    // As in a request that is not sampled; its own span has made the context that says so.
    let request = ActiveSpan::start(|| unreachable!("it is not sampled"));
    request.in_scope(work);
    let counted = request.in_scope(|| allocation_counter::measure(|| (0..100).for_each(|_| work())));
    assert_eq!(counted.count_total, 0);
    telemetry.assert_total("runtime_tool_execute_seconds", &[], 404.0);
    telemetry.assert_total("http_exec_sync_latency_seconds", &[], 303.0);
}
