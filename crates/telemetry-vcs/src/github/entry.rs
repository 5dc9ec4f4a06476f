//! The entry to what is measured of GitHub's API.

use http::{Method, Uri};
use telemetry_core::{Global, Meter, SettingsError, SettingsGroup as _, Shared};

use super::inner::GitHubInner;
use super::rate_limit::{RateLimit, Resource};
use super::start::GitHubStart;
use super::target::Target;
use crate::settings::VcsSettings;

/// The telemetry of GitHub's API; cheap to clone.
///
/// With the feature `reqwest` a `GitHubMiddleware` makes a guard of each request, with the feature `tower` a `GitHubLayer`
/// does, which is what octocrab takes. For any other client it is made by hand:
///
/// ```
/// use http::{HeaderMap, Method, StatusCode, Uri};
/// use telemetry_vcs::GitHub;
///
/// # async fn send(_: HeaderMap) -> Result<(StatusCode, HeaderMap), std::io::Error> { Ok((StatusCode::OK, HeaderMap::new())) }
/// # async fn example() -> Result<(), std::io::Error> {
/// let uri = Uri::from_static("https://api.github.com/repos/o/r/pulls/7");
/// let call = GitHub::global().call(&Method::GET, &uri).start();
/// let mut headers = HeaderMap::new();
/// call.inject(&mut headers);
/// match call.instrument(send(headers)).await {
///     Ok((status, answered)) => {
///         if let Some(limited) = call.answered(status, &answered) {
///             println!("again in {} s", limited.retry_after.as_secs());
///         }
///     }
///     Err(error) => call.because(&error).fail("connection"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct GitHub(Shared<GitHubInner>);

impl GitHub {
    /// GitHub's API recorded by this meter, with the settings that it carries.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::build(meter, &meter.settings_of())
    }

    /// GitHub's API recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is out of its range.
    pub fn with_settings(meter: &Meter, settings: VcsSettings) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(Self::build(meter, &settings))
    }

    /// GitHub's API recorded by the process's meter, with the settings that it carries; before it is installed nothing is
    /// recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<GitHub> = Global::new();
        GLOBAL.get(Self::new)
    }

    fn build(meter: &Meter, settings: &VcsSettings) -> Self {
        Self(Shared::new(GitHubInner::new(meter, settings)))
    }

    /// Prepares a call: what more is known of it than its method and its address, of which the path alone is enough.
    pub fn call<'a>(&'a self, method: &'a Method, uri: &'a Uri) -> GitHubStart<'a> {
        self.at(Target::of_uri(method, uri))
    }

    pub(super) fn at<'a>(&'a self, target: Target<'a>) -> GitHubStart<'a> {
        GitHubStart::new(&self.0, target)
    }

    /// What is left of a rate limit, as GitHub's answers said it: of several callers (tokens), of whom has the least left.
    /// `None` before the first answer.
    ///
    /// ```
    /// use telemetry_vcs::{GitHub, Resource};
    ///
    /// if let Some(limit) = GitHub::global().rate_limit(Resource::Core).filter(|limit| limit.remaining < 100) {
    ///     println!("{} calls for the next {} s", limit.remaining, limit.resets_in.as_secs());
    /// }
    /// ```
    #[must_use]
    pub fn rate_limit(&self, resource: Resource) -> Option<RateLimit> {
        self.0.limits.least(resource)
    }
}
