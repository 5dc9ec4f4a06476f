//! GitHub's API through reqwest, against a stand-in on loopback: what is recorded of calls, and of a refusal.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::net::Ipv4Addr;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use reqwest_middleware::ClientBuilder;
use telemetry_testkit::TestTelemetry;
use telemetry_vcs::{GitHub, GitHubMiddleware, RateLimited, Resource};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let telemetry = TestTelemetry::entered();
    // In an application: `GitHub::global()`, once `Telemetry` is there, and `https://api.github.com`.
    let github = GitHub::new(telemetry.meter());
    let left = [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "4321"), ("x-ratelimit-resource", "core")];
    let pull = get(move || async move { (left, "a pull request") });
    let merge = get(|| async { (StatusCode::FORBIDDEN, [("retry-after", "30")], "too fast") });
    let stand_in = Router::new()
        .route("/repos/{owner}/{repo}/pulls/{number}", pull)
        .route("/repos/{owner}/{repo}/pulls/{number}/merge", merge);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let server = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, stand_in).await });

    let client = ClientBuilder::new(reqwest::Client::new()).with(GitHubMiddleware::new(github.clone())).build();
    for path in ["/repos/rust-lang/rust/pulls/7", "/repos/rust-lang/rust/pulls/7/merge", "/no/such/thing"] {
        let answer = client.get(format!("http://{server}{path}")).send().await?;
        match answer.extensions().get::<RateLimited>() {
            Some(limited) => println!("{path}: refused, again in {} s", limited.retry_after.as_secs()),
            None => println!("{path}: {}", answer.status()),
        }
    }
    println!("left: {:?}", github.rate_limit(Resource::Core));

    println!("\n{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}
