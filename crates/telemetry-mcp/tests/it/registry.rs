//! Look-ups in the registry: hits, misses and those given up.

use crate::fixture::{Fixture, LOOKUP};

#[test]
fn a_lookup_is_a_hit_or_a_miss() {
    let fixture = Fixture::new();
    assert_eq!(fixture.mcp.look_up(|| Some("tool")), Some("tool"));
    assert_eq!(fixture.mcp.look_up(|| None::<&str>), None);
    fixture.mcp.lookup().hit();
    fixture.mcp.lookup().miss();
    fixture.mcp.lookup().miss();
    let metrics = fixture.metrics();
    metrics.assert_histogram_count(LOOKUP, &[("outcome", "hit")], 2);
    metrics.assert_histogram_count(LOOKUP, &[("outcome", "miss")], 3);
}

#[test]
fn a_lookup_that_is_not_finished_is_none() {
    let fixture = Fixture::new();
    drop(fixture.mcp.lookup());
    fixture.assert_no_series(LOOKUP, &[]);
}
