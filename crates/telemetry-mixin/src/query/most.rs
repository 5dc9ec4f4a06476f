//! Most of something fails: the sibling of an alert on how often it fails, for those that do little.

use super::expr::{Expr, threshold};

/// Where more than half of all fail, and no fewer than so many, within the window: a service that is asked five times a minute
/// and always fails is found, and one failure alone at night is none. The share can be set; [`WINDOW_OF_MOST`] suits it.
///
/// ```
/// use telemetry_mixin::query::{increase, most_fail};
///
/// let failed = increase("mails_total").is("outcome", "refused");
/// assert_eq!(
///     most_fail(failed, increase("mails_total"), 5).to_string(),
///     "sum(increase(mails_total{outcome=\"refused\"}[$window])) / sum(increase(mails_total[$window])) > $threshold \
///      and sum(increase(mails_total{outcome=\"refused\"}[$window])) > 4.5",
/// );
/// ```
#[must_use]
pub fn most_fail(failed: impl Into<Expr>, all: impl Into<Expr>, at_least: u32) -> Expr {
    let failed = failed.into();
    // `increase` extrapolates to the ends of its window, by which whole numbers become fractions.
    let fewest = f64::from(at_least) - 0.5;
    (failed.clone() / all.into()).above(threshold(0.5)).and(failed.above(fewest))
}

/// Over which window most have to fail: with five a minute that always fail after a time in which none did, more than half
/// have after five of its minutes, and the alert fires within ten.
pub const WINDOW_OF_MOST: &str = "10m";

/// How many have to fail within it at least.
pub const FEWEST_OF_MOST: u32 = 5;
