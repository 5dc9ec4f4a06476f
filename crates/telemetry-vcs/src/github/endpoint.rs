//! Which of GitHub's endpoints a request asks for: its template and its operation.

use http::Method;

use super::routes::Routes;

/// The label `endpoint` of requests whose path GitHub does not describe.
pub const UNMATCHED: &str = "_unmatched";

/// One of GitHub's endpoints, as its REST description names it.
///
/// The template is the label `endpoint`, so that owners, repositories and numbers never become labels. There are some 800
/// of them; a path that GitHub does not describe is `_unmatched`. The numbers of issues, pull requests and the like are
/// `{number}`.
///
/// ```
/// use http::Method;
/// use telemetry_vcs::Endpoint;
///
/// let endpoint = Endpoint::of(&Method::GET, "/repos/rust-lang/rust/pulls/7");
/// assert_eq!(endpoint.template(), "/repos/{owner}/{repo}/pulls/{number}");
/// assert_eq!(endpoint.operation(), Some("pulls/get"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    template: &'static str,
    operation: Option<&'static str>,
}

/// Where a GitHub Enterprise Server has its API.
const ENTERPRISE: [&str; 3] = ["/api/v3", "/api/uploads", "/api"];

impl Endpoint {
    /// The endpoint of a request's method and path; what follows a `?` says nothing of it.
    ///
    /// A GitHub Enterprise Server's prefix (`/api/v3`, `/api/uploads`, `/api/graphql`) is left away, and the paths by which
    /// GitHub links one page to the next (`/repositories/{id}/issues`) count as those that they continue.
    #[must_use]
    pub fn of(method: &Method, path: &str) -> Self {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let route = Routes::known().find(within_enterprise(path));
        let template = route.and_then(|route| route.template());
        let operation = route.and_then(|route| route.operation(method.as_str()));
        Self { template: template.unwrap_or(UNMATCHED), operation }
    }

    /// The template, such as `/repos/{owner}/{repo}/pulls/{number}`; [`UNMATCHED`] for a path that GitHub does not describe.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        self.template
    }

    /// GitHub's id of the operation, such as `pulls/get`; `None` where the endpoint has none by that method.
    #[must_use]
    pub const fn operation(&self) -> Option<&'static str> {
        self.operation
    }
}

fn within_enterprise(path: &str) -> &str {
    let within = ENTERPRISE.iter().find_map(|prefix| path.strip_prefix(prefix));
    within.filter(|within| within.is_empty() || within.starts_with('/')).unwrap_or(path)
}
