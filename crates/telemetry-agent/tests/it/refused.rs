//! What cannot be: refused to whoever asks, and recorded as seen for everybody else.

use telemetry_agent::labels::Column;
use telemetry_agent::{Refused, RestoredTask};
use telemetry_core::Label as _;

use crate::fixture::Fixture;

#[test]
fn a_task_goes_only_where_it_can_for_whoever_asks() {
    use Column::{Backlog, InProgress, Verified, WaitingApproval};
    let possible = [
        (Backlog, InProgress),
        (InProgress, Backlog),
        (InProgress, WaitingApproval),
        (InProgress, Verified),
        (WaitingApproval, Backlog),
        (WaitingApproval, InProgress),
        (WaitingApproval, Verified),
    ];
    let fixture = Fixture::new();
    let project = fixture.project();
    for &from in Column::ALL {
        for &to in Column::ALL {
            let id = format!("{}-{}", from.as_str(), to.as_str());
            let task = project.restore_task(&id, RestoredTask::new(from));
            let expected = if possible.contains(&(from, to)) { Ok(()) } else { Err(Refused::Move { from, to }) };
            assert_eq!(task.try_move_to(to), expected);
            assert_eq!(task.column(), Some(if expected.is_ok() { to } else { from }));
            task.move_to(to);
            assert_eq!(task.column(), Some(to), "recorded as seen");
            task.remove();
            assert_eq!(task.try_move_to(to), Err(Refused::Gone));
        }
    }
    assert_eq!(fixture.columns(), [0.0; 4]);
}

#[test]
fn each_refusal_says_what_it_is_and_changes_nothing() {
    let fixture = Fixture::new();
    let project = fixture.project();
    assert_eq!(fixture.agents.try_create_project(project.id()).map(|_| ()), Err(Refused::Exists));
    let task = project.try_create_task("t1").expect("it is new");
    assert_eq!(project.try_create_task("t1").map(|_| ()), Err(Refused::Exists));
    assert_eq!(task.try_approve("ada"), Err(Refused::Move { from: Column::Backlog, to: Column::Verified }));
    assert_eq!(task.try_reject("ada"), Err(Refused::Move { from: Column::Backlog, to: Column::InProgress }));
    assert_eq!(task.try_dequeue(), Err(Refused::NotQueued));
    assert_eq!(task.try_enqueue(), Ok(()));
    assert_eq!(task.try_enqueue(), Err(Refused::Queued));
    assert_eq!(task.try_dequeue(), Ok(()));
    task.move_to(Column::WaitingApproval);
    let not_to_be_done = Refused::NotToBeDone { column: Column::WaitingApproval };
    assert_eq!(task.try_enqueue(), Err(not_to_be_done));

    let agent = project.agent("coder");
    assert_eq!(agent.try_run(&task).map(|_| ()), Err(not_to_be_done));
    assert_eq!(task.try_approve("ada"), Ok(()));
    let next = project.create_task("t2");
    let run = agent.try_run(&next).expect("it may");
    assert_eq!(agent.try_run(&next).map(|_| ()), Err(Refused::Busy));
    assert_eq!(run.try_resume(), Err(Refused::NotPaused));
    assert_eq!(run.try_pause(), Ok(()));
    assert_eq!(run.try_pause(), Err(Refused::Paused));
    assert_eq!(run.try_turn().map(|_| ()), Err(Refused::Paused));
    assert_eq!(run.try_resume(), Ok(()));
    run.complete();

    let session = project.create_session("s1");
    assert!(session.try_join("ada").is_ok());
    assert_eq!(session.try_end(), Ok(()));
    assert_eq!(session.try_end(), Err(Refused::Gone));
    assert_eq!(session.try_join("ada").map(|_| ()), Err(Refused::Gone));
    assert_eq!(next.try_remove(), Ok(()));
    for refused in [next.try_remove(), next.try_enqueue(), next.try_dequeue(), next.try_approve("ada")] {
        assert_eq!(refused, Err(Refused::Gone));
    }
    assert_eq!(agent.try_run(&next).map(|_| ()), Err(Refused::Gone));
    assert_eq!(project.try_remove(), Ok(()));
    assert_eq!(project.try_remove(), Err(Refused::Gone));
    assert_eq!(project.try_create_task("t3").map(|_| ()), Err(Refused::Gone));
    assert_eq!(agent.try_run(&task).map(|_| ()), Err(Refused::Gone));
}

#[test]
fn a_refusal_reads_as_a_sentence() {
    let moved = Refused::Move { from: Column::Backlog, to: Column::Verified };
    assert_eq!(moved.to_string(), "a task does not go from backlog to verified");
    let limit = Refused::ConcurrencyLimit { running: 3, max: 3 };
    assert_eq!(format!("{limit:?}"), "3 agents of the project run, and 3 may");
}
