//! Which host is meant by which pattern.

use telemetry_core::propagation::{Destinations, Hosts};

#[test]
fn a_host_is_meant_by_its_name_its_domain_or_all() {
    for (patterns, host, port, has) in [
        ("*", Some("example.com"), None, true),
        ("*", None, None, true),
        ("*:8080", Some("example.com"), Some(8080), true),
        ("*:8080", Some("example.com"), Some(80), false),
        ("", Some("example.com"), None, false),
        ("example.com", Some("Example.COM"), Some(443), true),
        ("example.com", Some("example.com."), None, true),
        ("EXAMPLE.com", Some("example.com"), None, true),
        ("example.com", Some("www.example.com"), None, false),
        ("example.com", Some("example.com.evil.net"), None, false),
        ("*.example.com", Some("www.example.com"), None, true),
        ("*.example.com", Some("a.b.example.com"), None, true),
        ("*.example.com", Some("example.com"), None, false),
        ("*.example.com", Some("notexample.com"), None, false),
        ("*.example.com", Some("é.example.com"), None, true),
        ("*.example.com", Some("m"), None, false),
        ("example.com:8443", Some("example.com"), Some(8443), true),
        ("example.com:8443", Some("example.com"), None, false),
        ("a.com, b.com,", Some("b.com"), None, true),
        ("10.0.0.1", Some("10.0.0.1"), None, true),
        ("[::1]:8080", Some("[::1]"), Some(8080), true),
        ("example.com", None, None, false),
    ] {
        let hosts: Hosts = patterns.parse().unwrap();
        assert_eq!(hosts.has(host, port), has, "{patterns:?} {host:?} {port:?}");
    }
}

#[test]
fn what_is_no_host_is_refused() {
    for patterns in
        ["https://example.com", "example.com/path", "user@example.com", "a b", "**", "*.*.com", "a:b", "a:70000", "*."]
    {
        assert!(patterns.parse::<Hosts>().is_err(), "{patterns}");
    }
}

#[test]
fn unless_told_otherwise_the_trace_goes_everywhere_and_baggage_nowhere() {
    let allowed = Destinations::global().allow(Some("example.com"), Some(443));
    assert!(allowed.trace_context && !allowed.baggage);
}
