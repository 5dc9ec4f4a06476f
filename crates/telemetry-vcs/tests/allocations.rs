//! What a call allocates, in a program of its own: nothing else may allocate meanwhile.

use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use telemetry_testkit::TestTelemetry;
use telemetry_vcs::GitHub;

#[test]
fn a_known_call_without_its_span_allocates_nothing() {
    let telemetry = TestTelemetry::new();
    let github = GitHub::new(telemetry.meter());
    let uris = ["https://api.github.com/repos/o/r/pulls/7", "https://api.github.com/made/up"].map(Uri::from_static);
    let mut sent = HeaderMap::new();
    sent.insert("authorization", HeaderValue::from_static("Bearer of-one"));
    let mut answered = HeaderMap::new();
    for (name, value) in [
        ("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "4999"),
        ("x-ratelimit-reset", "1700003600"),
        ("x-ratelimit-resource", "core"),
    ] {
        answered.insert(name, HeaderValue::from_static(value));
    }
    let calls = || {
        for uri in &uris {
            let call = || github.call(&Method::GET, uri).headers(&sent).start();
            assert!(call().answered(StatusCode::OK, &answered).is_none());
            assert!(call().answered(StatusCode::NOT_FOUND, &answered).is_none());
            call().fail("connection");
            drop(call());
        }
    };
    calls();
    let counted = allocation_counter::measure(|| (0..100).for_each(|_| calls())).count_total;
    assert_eq!(counted, 0);
    assert_eq!(telemetry.metrics().total("agentpane_github_api_calls_total", &[]), 808.0);
}

#[test]
fn a_known_creation_allocates_its_names_and_its_worktree_alone() {
    let telemetry = TestTelemetry::new();
    let settings = telemetry_vcs::VcsSettings { disk_usage: false, ..Default::default() };
    let worktrees = telemetry_vcs::Worktrees::with_settings(telemetry.meter(), settings).expect("sound settings");
    let fail = || worktrees.create("board", "wt-7").fail("git");
    fail();
    let counted = allocation_counter::measure(|| (0..100).for_each(|_| fail())).count_total;
    // The ids of project and worktree.
    assert_eq!(counted, 200);
}

#[test]
fn worktrees_and_tokens_that_come_and_go_leave_nothing_behind() {
    let telemetry = TestTelemetry::new();
    let settings = telemetry_vcs::VcsSettings { disk_usage: false, ..Default::default() };
    let worktrees = telemetry_vcs::Worktrees::with_settings(telemetry.meter(), settings).expect("sound settings");
    let github = GitHub::new(telemetry.meter());
    let uri = Uri::from_static("https://api.github.com/repos/o/r/pulls/7");
    let mut answered = HeaderMap::new();
    for (name, value) in [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "4999")] {
        answered.insert(name, HeaderValue::from_static(value));
    }
    let come_and_go = |numbers: std::ops::Range<usize>| {
        allocation_counter::measure(|| {
            for number in numbers {
                let (project, id) = (format!("project-{number}"), format!("worktree-{number}"));
                worktrees.create(&project, &id).succeed("/nowhere").removal().succeed();
                let mut sent = HeaderMap::new();
                let token = HeaderValue::from_str(&format!("Bearer {number}")).expect("it is text");
                sent.insert("authorization", token);
                let call = github.call(&Method::GET, &uri).headers(&sent).start();
                assert!(call.answered(StatusCode::OK, &answered).is_none());
            }
        })
        .bytes_current
    };
    // As many projects, and as many windows of tokens, as are known at once.
    come_and_go(0..3_000);
    let left = come_and_go(3_000..15_000);
    // The map of windows may grow once more. Anything that is kept of each would be more.
    assert!(left < 128 * 1024, "{left} bytes of 12,000 more");
}
