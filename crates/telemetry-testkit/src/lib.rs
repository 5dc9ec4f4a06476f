//! Tests of telemetry, without mocks of it.
//!
//! [`TestTelemetry`] is telemetry in memory for one test: a [`Meter`](telemetry_core::Meter) of its own and a `tracing`
//! subscriber for a scope. It is real (the SDK, its tracing bridge, its log bridge) up to where the network would begin,
//! and nothing of it is global, so tests run in parallel.
//!
//! ```
//! use telemetry_core::{Counter, Family, Metrics};
//! use telemetry_testkit::TestTelemetry;
//!
//! /// What is measured of one till.
//! #[derive(Metrics)]
//! #[metrics(scope = "shop.till", entity(till_id))]
//! struct TillMetrics {
//!     /// Sales rung up
//!     #[metric(name = "till_sales_total")]
//!     sales: Counter,
//! }
//!
//! let telemetry = TestTelemetry::new();
//! let tills = Family::<TillMetrics>::new(telemetry.meter());
//! telemetry.in_scope(|| {
//!     let _span = tracing::info_span!("till.sell", till_id = "north").entered();
//!     tills.get("north").sales.add(2);
//!     tracing::warn!("paper is low");
//! });
//!
//! telemetry.metrics().assert_counter("till_sales_total", &[("till_id", "north")], 2.0);
//! telemetry.metrics().assert_absent("till_sales_total", &[("till_id", "south")]);
//! telemetry.spans().one("till.sell").assert_attribute("till_id", "north");
//! assert_eq!(telemetry.logs().one("paper is low").severity, "WARN");
//! ```
//!
//! [`OtlpSink`] is a real OTLP/gRPC receiver on a loopback port, for what only the wire shows: names, units, resource,
//! headers, compression, TLS (certificates by [`TestCa`]), and what an exporter does when the receiver refuses, hangs or
//! dies.
//!
//! Both give what they received as [`MetricSet`], [`SpanSet`] and [`LogSet`], whose look-ups fail with a list of what
//! there is instead.

mod ca;
mod canary;
mod eventually;
mod memory;
mod received;
mod sink;

pub use ca::{TestCa, TestIdentity};
pub use eventually::{Answer, Eventually, NotInTime, eventually};
pub use memory::{Captured, EnteredTelemetry, TelemetryGuard, TestTelemetry, TestTelemetryBuilder};
pub use received::{
    HistogramValue, LogEntry, LogSet, MetricPoint, MetricSet, PointValue, SpanEntry, SpanEvent, SpanLink, SpanSet,
};
pub use sink::{OtlpSignal, OtlpSink, OtlpSinkBuilder, RequestCounts, SinkError, SinkRequest};
