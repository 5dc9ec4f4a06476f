//! What is left of each rate limit of each caller, by what GitHub said last.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use telemetry_core::clock;

use super::caller::Caller;
use super::rate_limit::{RateLimit, Resource};

/// How many windows are known at once: tokens of an hour come and go, and their windows end with them.
const MOST: usize = 1_000;

/// By how much two answers may differ in when the same window ends: they name a second.
const SAME: Duration = Duration::from_secs(2);

/// What is left of each rate limit of each caller.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<(Caller, Resource), Window>>);

#[derive(Debug, Clone, Copy)]
struct Window {
    limit: u64,
    remaining: u64,
    ends: Instant,
    /// Whether it was said that little is left of it.
    is_said: bool,
}

impl Limits {
    fn known(&self) -> MutexGuard<'_, HashMap<(Caller, Resource), Window>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what an answer says. Answers overtake each other, so that within a window the least counts, and one of an
    /// earlier window does not. Returns whether no more than that share is left for the first time in the window.
    pub(super) fn note(&self, caller: Caller, said: RateLimit, little: f64) -> bool {
        let now = clock::now();
        let RateLimit { resource, limit, remaining, resets_in } = said;
        let mut window = Window { limit, remaining, ends: now + resets_in, is_said: false };
        let mut known = self.known();
        if let Some(before) = known.get(&(caller, resource)).filter(|before| before.ends > now) {
            if before.ends > window.ends + SAME {
                return false;
            }
            if window.ends <= before.ends + SAME {
                let is_the_same = before.limit == limit;
                window.remaining = if is_the_same { remaining.min(before.remaining) } else { remaining };
                window.ends = before.ends;
                window.is_said = before.is_said;
            }
        }
        let is_little = window.remaining as f64 <= window.limit as f64 * little && little > 0.0;
        let is_new = is_little && !window.is_said;
        window.is_said |= is_little;
        if known.len() >= MOST && !known.contains_key(&(caller, resource)) {
            known.retain(|_, window| window.ends > now);
            let soonest = known.iter().min_by_key(|(_, window)| window.ends).map(|(key, _)| *key);
            if let Some(soonest) = soonest.filter(|_| known.len() >= MOST) {
                known.remove(&soonest);
            }
        }
        known.insert((caller, resource), window);
        is_new
    }

    /// The limit of that resource of which the least is left, of all callers whose window is not over. Where all windows are
    /// over, the last one's, of which all is there again.
    pub(super) fn least(&self, resource: Resource) -> Option<RateLimit> {
        let now = clock::now();
        let known = self.known();
        let windows = || known.iter().filter(|((_, of), _)| *of == resource).map(|(_, window)| window);
        let open = windows().filter(|window| window.ends > now).min_by_key(|window| (window.remaining, window.limit));
        let (window, remaining) = match open {
            Some(window) => (window, window.remaining),
            None => windows().max_by_key(|window| window.ends).map(|window| (window, window.limit))?,
        };
        let resets_in = window.ends.saturating_duration_since(now);
        Some(RateLimit { resource, limit: window.limit, remaining, resets_in })
    }
}
