//! What a query allocates, in a program of its own: nothing else may allocate meanwhile.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceFlags, TraceState};
use telemetry_core::trace::{Sampling, scoped};
use telemetry_db::labels::{DbOperation, System};
use telemetry_db::{Db, DbSettings};
use telemetry_testkit::TestTelemetry;

#[test]
fn a_known_query_without_its_span_allocates_nothing() {
    for semconv in [false, true] {
        let telemetry = TestTelemetry::new();
        let settings = DbSettings { semconv: Some(semconv), ..DbSettings::default() };
        let db = Db::with_settings(telemetry.meter(), settings).expect("sound settings");
        let shop = db.database(System::PostgreSql).namespace("shop");
        let queries = || {
            shop.start(DbOperation::Select, "orders").succeed();
            let mut query = shop.start(DbOperation::Update, "orders");
            query.rows(7);
            query.fail_with_code("23505");
            drop(db.start(DbOperation::Delete, "orders"));
            #[cfg(feature = "sql")]
            shop.sql("SELECT * FROM orders WHERE id = $1").succeed();
            #[cfg(feature = "sql")]
            shop.sql("what is this").succeed();
        };
        let counted = || {
            queries();
            allocation_counter::measure(|| (0..100).for_each(|_| queries())).count_total
        };
        assert_eq!(counted(), 0, "without a subscriber, semconv: {semconv}");

        // As it is in a request that its caller does not sample.
        let parent =
            SpanContext::new(1_u128.into(), 1_u64.into(), TraceFlags::NOT_SAMPLED, true, TraceState::default());
        let _entered = telemetry.enter();
        let _sampling = scoped(Sampling::ParentBasedAlwaysOff);
        let request = Context::new().with_remote_span_context(parent).attach();
        tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
            assert!(!db.start(DbOperation::Select, "orders").span().is_sampled());
            assert_eq!(counted(), 0, "not sampled, semconv: {semconv}");
        });
        drop(request);
        assert!(telemetry.metrics().total("agentpane_db_queries_total", &[]) > 0.0);
    }
}
