//! Queries in the words that recur in dashboards, rules and alerts.
//!
//! A word takes a metric as it is declared and says what is made of its series: [`rate`] how often, [`amount`] how much,
//! [`increase`] how many in a window, [`sum`], [`max`] and [`min`] of what is there now, [`quantile`] and [`quantiles`]
//! of a histogram, [`buckets`] its shape, [`above_bound`] how many of its values are greater, [`share`] one of another,
//! [`top`] the greatest of many, [`most_fail`] a share with a least number. Labels narrow it
//! ([`only`](Aggregate::only), [`except`](Aggregate::except)) and divide it ([`by`](Aggregate::by)), and the legend
//! follows from those that divide it.
//!
//! The window of a rate is `$window` until [`over`](Aggregate::over) says otherwise, and whoever reads the expression
//! fills it in: a panel with `$__rate_interval`, an alert with its own window, an objective with each of its windows.
//! So a panel and an alert can read the same.
//!
//! ```
//! use telemetry_core::{Counter, Histogram, Label, Metrics};
//! use telemetry_mixin::query::{Query, quantile, rate, share, threshold};
//!
//! #[derive(Label, Debug, Clone, Copy)]
//! #[label(name = "outcome")]
//! enum Outcome { Sent, Refused }
//!
//! /// What is measured of one mailing list.
//! #[derive(Metrics)]
//! #[metrics(entity(list))]
//! struct MailMetrics {
//!     /// Mails handed to the server
//!     #[metric(name = "mails_total")]
//!     mails: Counter<Outcome>,
//!     /// Time to hand a mail over
//!     #[metric(name = "mail_seconds", unit = "s", buckets = [0.1, 1.0, 10.0])]
//!     time: Histogram,
//! }
//!
//! let refused = || rate(MailMetrics::MAILS).only(Outcome::Refused).by(["list"]);
//! let panel = Query::from(refused());
//! assert_eq!(panel.expression, r#"sum by (list) (rate(mails_total{outcome="refused"}[$__rate_interval]))"#);
//! assert_eq!(panel.legend, "{{list}}");
//!
//! let alert = (refused() / rate(MailMetrics::MAILS).by(["list"])).above(threshold(0.1));
//! assert_eq!(
//!     alert.to_string(),
//!     r#"sum by (list) (rate(mails_total{outcome="refused"}[$window])) / sum by (list) (rate(mails_total[$window])) > $threshold"#,
//! );
//!
//! let slow = quantile(0.95, MailMetrics::TIME);
//! assert_eq!(slow.to_string(), "histogram_quantile(0.95, sum by (le) (rate(mail_seconds_bucket[$window])))");
//! let share = Query::from(share(refused(), rate(MailMetrics::MAILS).by(["list"])));
//! assert_eq!(share.legend, "{{list}}");
//! ```

mod above_bound;
mod aggregate;
mod expr;
mod most;
mod quantiles;
mod selector;
mod target;

pub use above_bound::{AboveBound, above_bound};
pub(crate) use aggregate::rate_of_buckets;
pub use aggregate::{Aggregate, amount, buckets, increase, max, min, quantile, rate, sum};
pub(crate) use expr::quantile_of;
pub use expr::{Expr, Limit, promql, share, sorted, threshold, top};
pub use most::{FEWEST_OF_MOST, WINDOW_OF_MOST, most_fail};
pub use quantiles::{Quantiles, quantiles};
pub use selector::{Selector, elsewhere, given, series};
pub use target::{IntoQueries, Query};
