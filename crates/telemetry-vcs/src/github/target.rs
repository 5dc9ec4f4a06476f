//! Whom a request goes to, and what it asks for, without what may be secret.

use http::{Method, Uri};

use super::endpoint::Endpoint;

/// Whom a request goes to, and what it asks for. Of its path no more is kept than the template says: a path may hold codes
/// and tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) method: &'a Method,
    pub(super) endpoint: Endpoint,
    pub(super) host: Option<&'a str>,
    pub(super) port: Option<u16>,
    /// The owner and the repository that it is about.
    pub(super) repository: Option<(&'a str, &'a str)>,
}

/// What the templates of a repository's endpoints begin with.
const REPOSITORY: &str = "/repos/{owner}/{repo}";

impl<'a> Target<'a> {
    pub(super) fn new(method: &'a Method, host: Option<&'a str>, port: Option<u16>, path: &'a str) -> Self {
        let endpoint = Endpoint::of(method, path);
        let repository = endpoint.template().starts_with(REPOSITORY).then(|| repository(path)).flatten();
        Self { method, endpoint, host, port, repository }
    }

    pub(super) fn of_uri(method: &'a Method, uri: &'a Uri) -> Self {
        let implied = match uri.scheme_str() {
            Some("http") => Some(80),
            Some("https") => Some(443),
            _ => None,
        };
        Self::new(method, uri.host(), uri.port_u16().or(implied), uri.path())
    }

    #[cfg(feature = "reqwest")]
    pub(super) fn of_reqwest(request: &'a reqwest::Request) -> Self {
        let url = request.url();
        Self::new(request.method(), url.host_str(), url.port_or_known_default(), url.path())
    }
}

/// The two segments after the first `repos`. A page that is asked for by the repository's id has none.
fn repository(path: &str) -> Option<(&str, &str)> {
    let mut segments = path.split('/').skip_while(|segment| *segment != "repos").skip(1);
    let (owner, repo) = (segments.next()?, segments.next()?);
    Some((owner, repo.split_once('?').map_or(repo, |(repo, _)| repo)))
}
