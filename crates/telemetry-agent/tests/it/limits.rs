//! The limits of a project's agents and of a run's turns.

use telemetry_agent::{AgentSettings, Refused};

use crate::fixture::{Fixture, PROJECT};

const MAX: &str = "agentpane_project_max_concurrent_agents";
const EXCEEDED: [(&str, &str); 2] = [("error_code", "CONCURRENCY_LIMIT_EXCEEDED"), ("component", "agent")];

#[test]
fn a_start_beyond_the_limit_is_refused_to_whoever_asks_and_said_once_until_fewer_run() {
    let fixture = Fixture::with(AgentSettings { max_concurrent: Some(2), ..AgentSettings::default() });
    let project = fixture.project();
    assert_eq!(fixture.gauge(MAX, &[("project_id", PROJECT)]), Some(2.0));
    let task = project.create_task("waiting");
    task.enqueue();
    let start = |id: &str| project.agent(id).prepare().try_start();
    let (first, _second) = (start("a").expect("there is room"), start("b").expect("there is room"));
    for _ in 0..3 {
        let refused = start("c").map(|_| ());
        assert_eq!(refused, Err(Refused::ConcurrencyLimit { running: 2, max: 2 }));
    }
    assert_eq!(project.agent("c").try_run(&task).map(|_| ()), Err(Refused::ConcurrencyLimit { running: 2, max: 2 }));
    fixture.assert_counter("agentpane_errors_total", &EXCEEDED, 4.0);
    let said = fixture.log("concurrency limit reached");
    said.assert_severity("WARN");
    for (key, value) in [("project_id", PROJECT), ("current", "2"), ("max", "2"), ("queued", "1")] {
        said.assert_attribute(key, value);
    }
    // A paused one keeps its place.
    first.pause();
    assert!(start("c").is_err());
    first.complete();
    let third = start("c").expect("there is room again");
    assert!(start("d").is_err());
    assert_eq!(fixture.logs().containing("concurrency limit reached").len(), 2);
    // As seen: who does not ask has it recorded, and counted.
    let _beyond = project.agent("d").prepare().start();
    fixture.assert_counter("agentpane_errors_total", &EXCEEDED, 7.0);
    assert_eq!(fixture.gauge("agentpane_agents_running", &[]), Some(3.0));
    drop(third);
    assert!(start("c").is_err(), "one is over the limit yet");
}

#[test]
fn the_limit_can_be_changed_and_taken_away() {
    let fixture = Fixture::new();
    let project = fixture.project();
    assert_eq!(fixture.gauge(MAX, &[]), None);
    project.set_max_concurrent(Some(1));
    assert_eq!(fixture.gauge(MAX, &[]), Some(1.0));
    let _run = project.agent("a").prepare().start();
    assert!(project.agent("b").prepare().try_start().is_err());
    project.set_max_concurrent(None);
    assert_eq!(fixture.gauge(MAX, &[]), None);
    assert!(project.agent("b").prepare().try_start().is_ok());
}

#[test]
fn a_run_is_warned_of_once_at_four_fifths_of_its_turns() {
    for (ratio, at) in [(0.8, 8), (1.0, 10), (0.0, 1), (0.25, 3)] {
        let fixture =
            Fixture::with(AgentSettings { max_turns: Some(10), turn_limit_warning: ratio, ..AgentSettings::default() });
        let project = fixture.project();
        let run = project.agent("coder").run(&project.create_task("t1"));
        for turn in 1..=12 {
            run.turn().complete();
            let said = fixture.logs().containing("approaching turn limit").len();
            assert_eq!(said, usize::from(turn >= at), "turn {turn} at {ratio}");
        }
        let said = fixture.log("agent approaching turn limit");
        said.assert_severity("WARN");
        let current = at.to_string();
        for (key, value) in [("agent_id", "coder"), ("task_id", "t1"), ("current", &*current), ("max", "10")] {
            said.assert_attribute(key, value);
        }
    }
}

#[test]
fn a_turn_beyond_the_limit_is_refused_to_whoever_asks() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let run = project.agent("coder").prepare().max_turns(2).start();
    for _ in 0..2 {
        run.try_turn().expect("it may").complete();
    }
    assert_eq!(run.try_turn().map(|_| ()), Err(Refused::TurnLimit { turns: 2, max: 2 }));
    assert_eq!(run.turns(), 2);
    run.turn().complete();
    assert_eq!(run.turns(), 3, "recorded as seen");
    run.reach_turn_limit();
    fixture.assert_total("agentpane_agent_turns_total", &[], 3.0);
}
