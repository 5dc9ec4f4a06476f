//! The guard around every request of a reqwest client.

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next};

use super::entry::GitHub;
use super::operation::GitHubOperation;
use super::target::Target;

/// Measures each request of a reqwest client of GitHub's API, and hands the trace on with it.
///
/// Put it after a middleware that retries, so that each attempt counts, as it does for GitHub. An answer that refuses a call for a
/// rate limit has a [`RateLimited`](crate::RateLimited) among its extensions. It takes the place of telemetry-http's
/// `ExternalMiddleware`, which would make a second span.
///
/// ```no_run
/// use reqwest_middleware::ClientBuilder;
/// use telemetry_vcs::{GitHub, GitHubMiddleware, RateLimited};
///
/// # async fn example() -> Result<(), reqwest_middleware::Error> {
/// let github = GitHubMiddleware::new(GitHub::global().clone());
/// let client = ClientBuilder::new(reqwest::Client::new()).with(github).build();
/// let response = client.get("https://api.github.com/repos/rust-lang/rust/pulls/7").send().await?;
/// if let Some(limited) = response.extensions().get::<RateLimited>() {
///     println!("again in {} s", limited.retry_after.as_secs());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct GitHubMiddleware {
    github: GitHub,
}

impl GitHubMiddleware {
    /// Middleware that records into this.
    #[must_use]
    pub fn new(github: GitHub) -> Self {
        Self { github }
    }
}

#[async_trait]
impl Middleware for GitHubMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response, Error> {
        let operation = GitHubOperation::among(extensions);
        let call = self.github.at(Target::of_reqwest(&request)).operation(operation).headers(request.headers()).start();
        call.inject(request.headers_mut());
        let mut result = call.instrument(next.run(request, extensions)).await;
        match &mut result {
            Ok(response) => {
                if let Some(refusal) = call.answered(response.status(), response.headers()) {
                    response.extensions_mut().insert(refusal);
                }
            }
            Err(Error::Reqwest(error)) if error.is_timeout() => call.because(error).timeout(),
            Err(error) => {
                let error_type = error_type(error);
                call.because(error).fail(error_type);
            }
        }
        result
    }
}

fn error_type(error: &Error) -> &'static str {
    match error {
        Error::Reqwest(error) if error.is_connect() => "connection",
        Error::Reqwest(_) => "transport",
        Error::Middleware(_) => "middleware",
    }
}
