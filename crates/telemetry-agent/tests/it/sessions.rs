//! Sessions: active ones, who takes part, and the events published to them.

use std::thread;
use std::time::Duration;

use crate::fixture::{Fixture, PROJECT};

const PARTICIPANTS: &str = "agentpane_session_participants";

#[test]
fn a_session_is_active_until_it_ends_and_leaves_no_series() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let active = || fixture.gauge("agentpane_sessions_active", &[("project_id", PROJECT)]);
    let session = project.create_session("s1");
    let same = project.create_session("s1");
    let other = project.restore_session("s2");
    assert_eq!(active(), Some(2.0));
    assert_eq!(fixture.logs().containing("session created").len(), 1, "one was restored, one was there");
    assert_eq!(fixture.gauge(PARTICIPANTS, &[("session_id", "s1")]), Some(0.0));
    session.end();
    assert!(!same.is_active());
    assert!(project.session("s1").is_none());
    assert_eq!(active(), Some(1.0));
    fixture.assert_no_series(PARTICIPANTS, &[("session_id", "s1")]);
    other.end();
    fixture.assert_no_series(PARTICIPANTS, &[]);
}

#[test]
fn who_takes_part_counts_once_until_the_last_connection_ends() {
    let fixture = Fixture::new();
    let session = fixture.project().create_session("s1");
    let count = || fixture.gauge(PARTICIPANTS, &[("session_id", "s1")]);
    let (ada, tab, bob) = (session.join("ada"), session.join("ada"), session.join("bob"));
    assert_eq!((count(), session.participants()), (Some(2.0), 2));
    drop(ada);
    assert_eq!(count(), Some(2.0));
    drop(tab);
    assert_eq!(count(), Some(1.0));
    let panicked = thread::spawn(move || {
        let _bob = bob;
        panic!("a connection that breaks");
    });
    assert!(panicked.join().is_err());
    assert_eq!(count(), Some(0.0));
    let joined = fixture.logs();
    let joined = joined.containing("user joined session");
    assert_eq!(joined.len(), 3);
    joined[2].assert_attribute("session_id", "s1");
    joined[2].assert_attribute("user_id", "bob");
}

#[test]
fn who_took_part_in_one_that_ended_is_not_of_the_next_of_its_id() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let old = project.create_session("s1");
    let ada = old.join("ada");
    old.end();
    let new = project.create_session("s1");
    let _bob = new.join("bob");
    drop(ada);
    drop(old.join("ada"));
    assert_eq!(new.participants(), 1);
    assert_eq!(fixture.gauge(PARTICIPANTS, &[("session_id", "s1")]), Some(1.0));
}

#[test]
fn events_are_counted_by_their_type() {
    let fixture = Fixture::new();
    let session = fixture.project().create_session("s1");
    for event in ["message", "message", "diff"] {
        session.event(event);
    }
    fixture.assert_counter("agentpane_session_events_total", &[("event_type", "message")], 2.0);
    fixture.assert_counter("agentpane_session_events_total", &[("event_type", "diff")], 1.0);
}

#[tokio::test(start_paused = true)]
async fn who_was_not_seen_for_long_is_told_of_once_until_they_are_seen_again() {
    let fixture = Fixture::new();
    let session = fixture.project().create_session("s1");
    let (ada, _tab, bob) = (session.join("ada"), session.join("ada"), session.join("bob"));
    let _carol = session.join("carol");
    let pass = |secs| tokio::time::advance(Duration::from_secs(secs));
    let said = || fixture.logs().containing("stale presence detected").len();
    pass(3_600).await;
    assert!(session.stale_participants().is_empty(), "nobody says when they are seen");
    ada.seen();
    bob.seen();
    pass(60).await;
    assert!(session.stale_participants().is_empty(), "a minute is not longer than a minute");
    bob.seen();
    pass(1).await;
    for _ in 0..3 {
        assert_eq!(session.stale_participants(), ["ada"]);
    }
    let record = fixture.log("stale presence detected");
    record.assert_severity("WARN");
    for (key, value) in [("project_id", PROJECT), ("session_id", "s1"), ("user_id", "ada"), ("unseen_ms", "61000")] {
        record.assert_attribute(key, value);
    }
    assert_eq!(session.participants(), 3, "they count until their connections end");
    pass(60).await;
    assert_eq!(session.stale_participants(), ["ada", "bob"]);
    assert_eq!(said(), 2);
    // Another connection is a sign of life.
    let _third = session.join("ada");
    assert_eq!(session.stale_participants(), ["bob"]);
    pass(61).await;
    assert_eq!(session.stale_participants(), ["ada", "bob"]);
    assert_eq!(said(), 3);
    drop(bob);
    session.end();
    ada.seen();
    assert!(session.stale_participants().is_empty());
}
