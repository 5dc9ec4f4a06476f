//! How GitHub is asked: through the middleware, which measures what passes and knows what is left of the rate limit.

use http::header::{CONTENT_TYPE, USER_AGENT};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, RequestBuilder};
use serde_json::json;
use telemetry_core::Meter;
use telemetry_vcs::{GitHub, GitHubMiddleware, RateLimited};

/// A repository at GitHub.
pub(crate) struct GitHubClient {
    /// Where GitHub's API answers.
    host: String,
    /// Its owner and name.
    repository: String,
    client: ClientWithMiddleware,
}

impl GitHubClient {
    /// # Errors
    ///
    /// When reqwest cannot make a client.
    pub(crate) fn new(meter: &Meter, host: String, repository: String) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let client = ClientBuilder::new(client).with(GitHubMiddleware::new(GitHub::new(meter))).build();
        Ok(Self { host, repository, client })
    }

    /// Looks at what was pushed to a branch. Who works goes on without knowing.
    pub(crate) async fn look_at(&self, branch: &str) {
        self.ask(self.client.get(self.url(&format!("commits/{branch}")))).await;
    }

    /// Offers a branch to be merged.
    pub(crate) async fn open_pull(&self, branch: &str) {
        let body = json!({"title": branch, "head": branch, "base": "main"}).to_string();
        self.ask(self.client.post(self.url("pulls")).header(CONTENT_TYPE, "application/json").body(body)).await;
    }

    async fn ask(&self, request: RequestBuilder) {
        match request.header(USER_AGENT, "agent-platform").send().await {
            Err(error) => tracing::warn!(error = %error.without_url(), "GitHub does not answer"),
            Ok(answer) => {
                if let Some(limited) = answer.extensions().get::<RateLimited>() {
                    let seconds = limited.retry_after.as_secs();
                    tracing::warn!(seconds, "GitHub is to be asked again later");
                }
            }
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/repos/{}/{path}", self.host, self.repository)
    }
}
