//! GitHub's rate limit, with a server that stands for GitHub.

use std::time::Duration;

use serde_json::json;
use telemetry_health::{Check, GitHubRateLimit, HttpCheck, Status};
use tokio::net::TcpListener;

use crate::fixture::{found, only, unrecorded};
use crate::server::Canned;

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn check(address: impl std::fmt::Display) -> GitHubRateLimit {
    let endpoint = HttpCheck::new(format!("http://{address}/rate_limit")).expect("the address is good");
    GitHubRateLimit::at(endpoint, "hunter2").expect("the token is good")
}

#[tokio::test]
async fn a_tenth_or_less_degrades() {
    for (remaining, percent, status) in [
        (5_000, "100.0", Status::Healthy),
        (501, "10.0", Status::Healthy),
        (500, "10.0", Status::Degraded),
        (499, "10.0", Status::Degraded),
        (0, "0.0", Status::Degraded),
    ] {
        let rate = json!({ "limit": 5_000, "remaining": remaining, "reset": 1_372_700_873, "used": 0 });
        let body = json!({ "resources": { "core": rate }, "rate": rate }).to_string();
        let server = Canned::answering(answer("200 OK", &body)).await;
        let report = only(check(server.address)).await;
        let message = (status == Status::Degraded).then_some("the rate limit is nearly used up");
        assert_eq!(found(&report, "only"), (status, message), "{remaining}");
        let told = &report.component("only").expect("it is there").details;
        let rate = json!({ "remaining": remaining, "limit": 5_000, "percentRemaining": percent });
        assert_eq!(told["rateLimit"], rate);
        let head = server.asked().remove(0);
        assert!(head.contains("authorization: Bearer hunter2\r\n"), "{head}");
        assert!(head.contains("user-agent: telemetry-health/"), "GitHub refuses who does not say who it is: {head}");
    }
}

#[tokio::test]
async fn nothing_makes_it_worse_than_degraded() {
    let long = answer("200 OK", &"x".repeat(100_000));
    for (answer, told) in [
        (answer("401 Unauthorized", "{\"message\":\"Bad credentials\"}"), "GitHub answered 401"),
        (answer("500 Internal Server Error", ""), "GitHub answered 500"),
        (answer("200 OK", "<html>"), "GitHub's answer is no rate limit"),
        (answer("200 OK", "{\"rate\":{\"limit\":0,\"remaining\":0}}"), "the rate limit is nearly used up"),
        (long, "the answer is too long"),
        (String::new(), "the connection broke before the answer"),
    ] {
        let server = Canned::answering(answer).await;
        assert_eq!(found(&only(check(server.address)).await, "only"), (Status::Degraded, Some(told)));
    }
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let hangs = check(silent.local_addr().expect("it is bound"));
    let hangs = Check::required("only", hangs).timeout(Duration::from_millis(50));
    let report = unrecorded([hangs]).readiness().await;
    assert_eq!(found(&report, "only"), (Status::Degraded, Some("no answer within 50ms")));
    assert_eq!(report.status, Status::Degraded);
}

#[tokio::test]
async fn without_github_the_component_is_healthy() {
    let report = only(GitHubRateLimit::not_configured()).await;
    assert_eq!(found(&report, "only"), (Status::Healthy, Some("GitHub is not configured")));
}

#[test]
fn the_token_is_kept_out_of_debug_output() {
    let check = check("127.0.0.1:1");
    assert!(!format!("{check:?}").contains("hunter2"), "{check:?}");
}
