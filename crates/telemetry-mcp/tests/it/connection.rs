//! Connections: counted up and down, however they end.

use std::thread;

use crate::fixture::{CONNECTIONS, Fixture};

#[test]
fn connections_count_while_they_are_held() {
    let fixture = Fixture::new();
    let open = |server: &str| fixture.metrics().up_down_counter(CONNECTIONS, &[("server_id", server)]);
    let first = fixture.mcp.connection("github");
    let second = fixture.mcp.connection("github");
    let other = fixture.mcp.connection("slack");
    assert_eq!((open("github"), open("slack")), (2.0, 1.0));
    drop(first);
    assert_eq!((open("github"), open("slack")), (1.0, 1.0));
    drop((second, other));
    assert_eq!((open("github"), open("slack")), (0.0, 0.0));
}

#[test]
fn a_connection_that_moves_or_panics_is_counted_down_all_the_same() {
    let fixture = Fixture::new();
    let connection = fixture.mcp.connection("github");
    let ended = thread::spawn(move || {
        let _connection = connection;
        panic!("a panic while connected");
    })
    .join();
    assert!(ended.is_err());
    assert_eq!(fixture.metrics().up_down_counter(CONNECTIONS, &[("server_id", "github")]), 0.0);
}

#[test]
fn a_connection_that_is_lost_counts_again_once_it_is_back() {
    let fixture = Fixture::new();
    let github = [("server_id", "github")];
    let open = || fixture.metrics().up_down_counter(CONNECTIONS, &github);
    let is_lost = || fixture.metrics().gauge("mcp_server_connection_lost", &github);
    let connection = fixture.mcp.connection("github");
    assert!(!connection.restored(), "it is not lost");
    assert!(connection.lost());
    assert!(!connection.lost(), "that is known");
    assert_eq!((open(), is_lost()), (0.0, 1.0));
    assert!(connection.restored());
    assert_eq!((open(), is_lost()), (1.0, 0.0));
    assert!(connection.lost());
    drop(connection);
    assert_eq!((open(), is_lost()), (0.0, 1.0), "nobody has closed it");
    drop(fixture.mcp.connection("github"));
    assert_eq!((open(), is_lost()), (0.0, 0.0), "that one was closed");
}
