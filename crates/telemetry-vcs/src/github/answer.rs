//! What the headers of GitHub's answers say of its rate limits.

use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

use super::endpoint::Endpoint;
use super::rate_limit::{LimitKind, RateLimit, RateLimited, Resource};

/// The longest time that GitHub is believed: its windows last an hour.
const LONGEST: Duration = Duration::from_secs(86_400);

/// A window, of which nothing says when it ends.
const AN_HOUR: Duration = Duration::from_secs(3_600);

/// How long to wait where GitHub does not say: what its documentation advises.
const A_MINUTE: Duration = Duration::from_secs(60);

/// What is left of a rate limit, as an answer says it.
pub(super) fn rate_limit(headers: &HeaderMap, endpoint: Endpoint) -> Option<RateLimit> {
    let limit = number(headers, "x-ratelimit-limit")?;
    let remaining = number(headers, "x-ratelimit-remaining")?.min(limit);
    let resets_in = number(headers, "x-ratelimit-reset").map_or(AN_HOUR, |resets| {
        // By GitHub's clock and not by ours, which may be wrong.
        let now = since_epoch(date(headers).unwrap_or_else(SystemTime::now));
        Duration::from_secs(resets).saturating_sub(now).min(LONGEST)
    });
    let named = text(headers, "x-ratelimit-resource").map(Resource::named);
    let resource = named.unwrap_or_else(|| Resource::of_endpoint(endpoint.template()));
    Some(RateLimit { resource, limit, remaining, resets_in })
}

/// Whether an answer refuses a call for a rate limit. GitHub says so with 403 as well as with 429, and only the headers tell
/// the former from a lack of permission.
pub(super) fn refusal(
    status: StatusCode,
    headers: &HeaderMap,
    limit: Option<RateLimit>,
    endpoint: Endpoint,
) -> Option<RateLimited> {
    if status != StatusCode::FORBIDDEN && status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let told = retry_after(headers);
    let resource = limit.map_or_else(|| Resource::of_endpoint(endpoint.template()), |limit| limit.resource);
    let (kind, retry_after) = match limit.filter(|limit| limit.remaining == 0) {
        Some(limit) => (LimitKind::Primary, told.unwrap_or(limit.resets_in)),
        None if told.is_some() || status == StatusCode::TOO_MANY_REQUESTS => {
            (LimitKind::Secondary, told.unwrap_or(A_MINUTE))
        }
        None => return None,
    };
    Some(RateLimited { kind, resource, retry_after })
}

/// The wait that an answer asks for: so many seconds, or until a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = value.parse().ok().map(Duration::from_secs);
    let until = || {
        let now = date(headers).unwrap_or_else(SystemTime::now);
        httpdate::parse_http_date(value).ok().map(|until| until.duration_since(now).unwrap_or_default())
    };
    seconds.or_else(until).map(|wait| wait.min(LONGEST))
}

/// The id by which GitHub finds the request again.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    text(headers, "x-github-request-id")
}

fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

fn number(headers: &HeaderMap, name: &'static str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}
