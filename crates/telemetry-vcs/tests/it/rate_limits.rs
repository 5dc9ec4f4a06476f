//! GitHub's rate limits: what is left of each, whose, and for how long; refusals of both kinds.

use std::time::Duration;

use telemetry_testkit::eventually;
use telemetry_vcs::{LimitKind, RateLimit, Resource, VcsSettings};

use crate::fixture::{CALLS, ERRORS, Fixture, LIMIT, PULL_TEMPLATE, REMAINING};

/// When the answers of these tests were sent, by GitHub's clock, which is years from ours.
const DATE: &str = "Tue, 14 Nov 2023 22:13:20 GMT";
const NOW: u64 = 1_700_000_000;

/// Headers of an answer that say what is left of a resource for so many seconds.
fn left(resource: &str, remaining: u64, limit: u64, seconds: u64) -> Vec<(&'static str, String)> {
    vec![
        ("date", DATE.to_owned()),
        ("x-ratelimit-limit", limit.to_string()),
        ("x-ratelimit-remaining", remaining.to_string()),
        ("x-ratelimit-reset", (NOW + seconds).to_string()),
        ("x-ratelimit-resource", resource.to_owned()),
    ]
}

fn lines<'a>(headers: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

impl Fixture {
    fn told(&self, token: &str, status: u16, headers: &[(&'static str, String)]) -> Option<telemetry_vcs::RateLimited> {
        self.answer_to(token, status, &lines(headers))
    }

    #[track_caller]
    fn assert_core(&self, remaining: f64, limit: f64) {
        let metrics = self.metrics();
        metrics.assert_gauge(REMAINING, &[], remaining);
        metrics.assert_gauge(LIMIT, &[], limit);
    }
}

#[test]
fn the_gauges_are_those_of_core_and_every_resource_is_known() {
    let fixture = Fixture::new();
    fixture.assert_no_series(REMAINING, &[]);
    assert_eq!(fixture.github.rate_limit(Resource::Core), None);
    for (resource, name, remaining, limit) in [
        (Resource::Core, "core", 4_321, 5_000),
        (Resource::Search, "search", 7, 30),
        (Resource::CodeSearch, "code_search", 2, 10),
        (Resource::Graphql, "graphql", 4_999, 5_000),
        (Resource::Scim, "scim", 15_000, 15_000),
        (Resource::Other, "of_tomorrow", 1, 2),
    ] {
        assert!(fixture.told("", 200, &left(name, remaining, limit, 3_600)).is_none());
        let known = fixture.github.rate_limit(resource).expect(name);
        assert_eq!((known.resource, known.remaining, known.limit), (resource, remaining, limit), "{name}");
        assert!(known.resets_in > Duration::from_secs(3_590) && known.resets_in <= Duration::from_secs(3_600));
    }
    fixture.assert_core(4_321.0, 5_000.0);
}

#[test]
fn a_server_that_names_no_resource_is_understood_by_the_endpoint() {
    use http::{Method, StatusCode};

    for (method, uri, resource) in [
        (Method::GET, "https://ghe.internal/api/v3/repos/o/r", Resource::Core),
        (Method::GET, "https://ghe.internal/api/v3/search/issues?q=x", Resource::Search),
        (Method::GET, "https://ghe.internal/api/v3/search/code?q=x", Resource::CodeSearch),
        (Method::POST, "https://ghe.internal/api/graphql", Resource::Graphql),
    ] {
        let fixture = Fixture::new();
        let mut headers = left("", 12, 30, 60);
        headers.truncate(4);
        let headers = crate::fixture::headers(&lines(&headers));
        assert!(fixture.call(&method, uri, &[]).answered(StatusCode::OK, &headers).is_none());
        assert_eq!(fixture.github.rate_limit(resource).map(|limit| limit.remaining), Some(12), "{uri}");
    }
}

#[test]
fn a_window_that_nobody_says_the_end_of_is_an_hours() {
    let fixture = Fixture::new();
    let told = [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "17")];
    assert!(fixture.answer(200, &told).is_none());
    let known = fixture.github.rate_limit(Resource::Core).expect("a limit");
    assert_eq!(known.remaining, 17);
    assert!(known.resets_in > Duration::from_secs(3_500), "{known:?}");
}

#[test]
fn answers_overtake_each_other() {
    let fixture = Fixture::new();
    let steps = [
        (4_000, 1_800, 4_000),
        // Sent earlier, arrived later.
        (4_001, 1_800, 4_000),
        (3_999, 1_800, 3_999),
        // The same window, by a second more or less.
        (3_998, 1_801, 3_998),
        // The next window.
        (4_999, 5_400, 4_999),
        // One of the window before.
        (3_000, 1_800, 4_999),
    ];
    for (remaining, seconds, expected) in steps {
        assert!(fixture.told("", 200, &left("core", remaining, 5_000, seconds)).is_none());
        let known = fixture.github.rate_limit(Resource::Core).map(|limit| limit.remaining);
        assert_eq!(known, Some(expected), "after {remaining} for {seconds} s");
    }
}

#[test]
fn once_its_window_is_over_all_of_a_limit_is_there_again() {
    let fixture = Fixture::new();
    assert!(fixture.told("", 200, &left("core", 3, 5_000, 1)).is_none());
    fixture.assert_core(3.0, 5_000.0);
    eventually("the window is over", || fixture.metrics().value(REMAINING, &[]) == Some(5_000.0)).wait();
    let known = fixture.github.rate_limit(Resource::Core);
    let all = RateLimit { resource: Resource::Core, limit: 5_000, remaining: 5_000, resets_in: Duration::ZERO };
    assert_eq!(known, Some(all));
}

#[test]
fn each_token_has_limits_of_its_own_and_the_least_is_shown() {
    let fixture = Fixture::new();
    for (token, remaining, limit, shown) in [
        ("Bearer one", 4_000, 5_000, (4_000.0, 5_000.0)),
        ("Bearer two", 900, 15_000, (900.0, 15_000.0)),
        ("Bearer one", 3_999, 5_000, (900.0, 15_000.0)),
        ("Bearer one", 800, 5_000, (800.0, 5_000.0)),
    ] {
        assert!(fixture.told(token, 200, &left("core", remaining, limit, 3_600)).is_none());
        fixture.assert_core(shown.0, shown.1);
    }
    fixture.assert_nowhere("Bearer");
}

#[test]
fn each_server_has_limits_of_its_own() {
    use http::{Method, StatusCode};

    let fixture = Fixture::new();
    let uris = ["https://api.github.com/repos/o/r", "https://ghe.internal/api/v3/repos/o/r"];
    // The second one's window ends later, and would take the place of the first one's if it were the same.
    for (uri, (remaining, seconds)) in uris.into_iter().zip([(10, 1_800), (20, 3_600)]) {
        let headers = crate::fixture::headers(&lines(&left("core", remaining, 5_000, seconds)));
        assert!(fixture.call(&Method::GET, uri, &[]).answered(StatusCode::OK, &headers).is_none());
    }
    fixture.assert_core(10.0, 5_000.0);
}

#[test]
fn a_token_that_nobody_uses_any_more_is_forgotten_with_its_window() {
    let fixture = Fixture::new();
    // Without a token there are 60 an hour, and they would be too few for ever.
    assert!(fixture.told("", 200, &left("core", 5, 60, 0)).is_none());
    assert!(fixture.told("Bearer one", 200, &left("core", 4_000, 5_000, 3_600)).is_none());
    fixture.assert_core(4_000.0, 5_000.0);
    // Tokens of an hour come and go: many of them are no more than the least.
    for number in 0..5_000 {
        let token = format!("Bearer {number}");
        assert!(fixture.told(&token, 200, &left("core", 4_500, 5_000, 3_000)).is_none());
    }
    fixture.assert_core(4_000.0, 5_000.0);
}

#[test]
fn a_conditional_request_costs_nothing() {
    let fixture = Fixture::new();
    assert!(fixture.told("", 200, &left("core", 100, 1_000, 3_600)).is_none());
    for _ in 0..3 {
        assert!(fixture.told("", 304, &left("core", 100, 1_000, 3_600)).is_none());
    }
    fixture.assert_core(100.0, 1_000.0);
    fixture.assert_counter(CALLS, &[("endpoint", PULL_TEMPLATE), ("status", "304")], 3.0);
    fixture.assert_total(ERRORS, &[], 0.0);
}

#[test]
fn both_kinds_of_refusals_are_told_with_their_wait() {
    let with = |mut headers: Vec<(&'static str, String)>, name, value: &str| {
        headers.push((name, value.to_owned()));
        headers
    };
    let in_30_s = "Tue, 14 Nov 2023 22:13:50 GMT";
    let cases = [
        ("none is left", 403, left("core", 0, 5_000, 120), Some((LimitKind::Primary, 120))),
        ("none is left, as 429", 429, left("search", 0, 30, 20), Some((LimitKind::Primary, 20))),
        ("too fast", 403, with(left("core", 4_000, 5_000, 120), "retry-after", "60"), Some((LimitKind::Secondary, 60))),
        ("too fast, as 429", 429, vec![("retry-after", "7".to_owned())], Some((LimitKind::Secondary, 7))),
        (
            "too fast, until a date",
            403,
            vec![("date", DATE.to_owned()), ("retry-after", in_30_s.to_owned())],
            Some((LimitKind::Secondary, 30)),
        ),
        ("without a word", 429, left("core", 4_000, 5_000, 120), Some((LimitKind::Secondary, 60))),
        (
            "for longer than anybody waits",
            429,
            vec![("retry-after", u64::MAX.to_string())],
            Some((LimitKind::Secondary, 86_400)),
        ),
        ("no permission", 403, left("core", 4_000, 5_000, 120), None),
        ("no permission, of who says nothing", 403, Vec::new(), None),
        ("gone for maintenance", 503, vec![("retry-after", "60".to_owned())], None),
        ("the last one that was allowed", 200, left("core", 0, 5_000, 120), None),
    ];
    for (what, status, headers, expected) in cases {
        let fixture = Fixture::new();
        let refusal = fixture.told("", status, &headers);
        let found = refusal.map(|refusal| (refusal.kind, refusal.retry_after.as_secs()));
        assert_eq!(found, expected, "{what}");
        let refused = f64::from(u8::from(expected.is_some()));
        let code = [("error_code", "GITHUB_RATE_LIMITED"), ("component", "github")];
        assert_eq!(fixture.metrics().total(ERRORS, &code), refused, "{what}");
        fixture.assert_counter(CALLS, &[("endpoint", PULL_TEMPLATE), ("status", &status.to_string())], 1.0);
        let Some((kind, seconds)) = expected else { continue };
        let span = fixture.span("external.github.pulls/get");
        span.assert_attribute("github.rate_limit.refused", kind.as_str());
        span.assert_attribute("github.retry_after_ms", &(seconds * 1_000).to_string());
        span.assert_error(Some(if kind == LimitKind::Primary { "rate_limited" } else { "secondary_rate_limited" }));
        let log = fixture.log("GitHub call failed");
        log.assert_severity("WARN");
        log.assert_attribute("rate_limit", kind.as_str());
        log.assert_attribute("retry_after_ms", &(seconds * 1_000).to_string());
    }
}

#[test]
fn it_is_said_once_a_window_that_little_is_left() {
    let fixture = Fixture::with(VcsSettings { rate_limit_warning: 0.2, ..VcsSettings::default() });
    let said = || fixture.logs().containing("rate limit threshold exceeded").len();
    for (remaining, seconds, expected) in
        [(1_001, 1_800, 0), (1_000, 1_800, 1), (999, 1_800, 1), (5, 1_800, 1), (4_999, 5_400, 1), (3, 5_400, 2)]
    {
        assert!(fixture.told("", 200, &left("core", remaining, 5_000, seconds)).is_none());
        assert_eq!(said(), expected, "{remaining} are left");
    }
    let silent = Fixture::with(VcsSettings { rate_limit_warning: 0.0, ..VcsSettings::default() });
    assert!(silent.told("", 200, &left("core", 0, 5_000, 1_800)).is_none());
    assert!(silent.logs().containing("rate limit threshold exceeded").is_empty());
}

#[test]
fn headers_that_are_nonsense_say_nothing() {
    for (limit, remaining) in [("", "1"), ("5000", ""), ("-1", "1"), ("many", "few"), ("1e9", "1")] {
        let fixture = Fixture::new();
        let told = [("x-ratelimit-limit", limit), ("x-ratelimit-remaining", remaining), ("retry-after", "soon")];
        assert!(fixture.answer(200, &told).is_none());
        assert_eq!(fixture.github.rate_limit(Resource::Core), None, "{limit} {remaining}");
        fixture.assert_no_series(REMAINING, &[]);
    }
    let fixture = Fixture::new();
    assert!(fixture.told("", 200, &left("core", 9_000, 5_000, u64::MAX / 2)).is_none());
    let known = fixture.github.rate_limit(Resource::Core).expect("a limit");
    assert_eq!((known.remaining, known.limit), (5_000, 5_000));
    assert!(known.resets_in <= Duration::from_secs(86_400));
}
