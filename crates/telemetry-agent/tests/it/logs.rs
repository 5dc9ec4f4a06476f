//! Log records: changes of state, what people do, and what fails.

use std::io;

use telemetry_agent::labels::Column;

use crate::fixture::{Fixture, PROJECT};

#[test]
fn changes_of_state_and_what_people_do_are_told() {
    let fixture = Fixture::new();
    let project = fixture.agents.create_project(PROJECT);
    let task = project.create_task("t1");
    let session = project.create_session("s1");
    let _ada = session.join("ada");
    let run = project.agent("coder").prepare().task(&task).conversation("s1").start();
    run.complete();
    task.move_to(Column::WaitingApproval);
    task.reject("bob");
    task.move_to(Column::WaitingApproval);
    task.approve("ada");
    session.end();
    let logs = fixture.logs();
    let expected: [(&str, &[(&str, &str)]); 8] = [
        ("project created", &[("project_id", PROJECT)]),
        ("task created", &[("project_id", PROJECT), ("task_id", "t1")]),
        ("session created", &[("project_id", PROJECT), ("session_id", "s1")]),
        ("user joined session", &[("session_id", "s1"), ("user_id", "ada")]),
        ("agent started", &[("agent_id", "coder"), ("task_id", "t1"), ("conversation_id", "s1")]),
        ("user rejected task", &[("task_id", "t1"), ("user_id", "bob")]),
        ("user approved task", &[("task_id", "t1"), ("user_id", "ada")]),
        ("session ended", &[("session_id", "s1")]),
    ];
    for (message, attributes) in expected {
        let record = logs.one(message);
        record.assert_severity("INFO");
        for (key, value) in attributes {
            record.assert_attribute(key, value);
        }
    }
    let moves: Vec<_> = logs
        .containing("task moved to column")
        .iter()
        .map(|record| (record.attribute("from").map(str::to_owned), record.attribute("to").map(str::to_owned)))
        .collect();
    let columns = |from: &str, to: &str| (Some(from.to_owned()), Some(to.to_owned()));
    assert_eq!(
        moves,
        [
            columns("backlog", "in_progress"),
            columns("in_progress", "waiting_approval"),
            columns("waiting_approval", "in_progress"),
            columns("in_progress", "waiting_approval"),
            columns("waiting_approval", "verified"),
        ]
    );
    logs.one("agent started").assert_in(&fixture.span("agent.run"));
}

#[test]
fn an_agent_that_fails_is_an_error_with_its_cause() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let task = project.create_task("t1");
    let run = project.agent("coder").run(&task);
    run.turn().complete();
    run.turn().complete();
    run.because(&io::Error::other("the worktree is gone")).fail_as("worktree");
    let failed = fixture.log("agent execution failed");
    failed.assert_severity("ERROR");
    for (key, value) in [
        ("project_id", PROJECT),
        ("agent_id", "coder"),
        ("task_id", "t1"),
        ("turn_count", "2"),
        ("error_type", "worktree"),
        ("error_message", "the worktree is gone"),
    ] {
        failed.assert_attribute(key, value);
    }
    failed.assert_in(&fixture.span("agent.run"));
}

#[test]
fn ends_that_nobody_has_to_look_at_are_told_at_debug() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let run = project.agent("coder").prepare().start();
    let turn = run.turn();
    turn.tool_call("Read").succeed();
    turn.complete();
    run.complete();
    for message in ["agent run ended", "agent turn ended", "tool call ended"] {
        fixture.log(message).assert_severity("DEBUG");
    }
    let run = project.agent("coder").prepare().start();
    let turn = run.turn();
    turn.tool_call("Read").fail();
    fixture.log("tool call failed").assert_severity("WARN");
    turn.fail();
    fixture.log("agent turn failed").assert_severity("WARN");
}
