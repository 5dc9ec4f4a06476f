//! A client of a database that the application has written itself: its queries, its connections, its size.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use telemetry_db::Db;
use telemetry_db::labels::{DbOperation, System};
use telemetry_testkit::TestTelemetry;

/// Stands for a request and its answer: how many rows, or the code that it was refused with.
async fn send(table: &str) -> Result<u64, &'static str> {
    if table == "tasks" { Ok(3) } else { Err("42P01") }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let telemetry = TestTelemetry::entered();
    // In an application: `Db::global()`, once `Telemetry` is there.
    let db = Db::new(telemetry.meter());
    let tasks = db.database(System::PostgreSql).namespace("shop").server("db.internal", 5432);

    let in_use = Arc::new(AtomicUsize::new(2));
    let pool = Arc::clone(&in_use);
    let _connections = tasks.connections(move || pool.load(Ordering::Relaxed));
    let size = tasks.size("shop");
    size.set(12 << 20);

    for table in ["tasks", "tsks"] {
        let mut query = tasks.start(DbOperation::Select, table);
        match query.instrument(send(table)).await {
            Ok(rows) => {
                query.rows(rows);
                query.succeed();
            }
            Err(code) => query.fail_with_code(code),
        }
    }

    println!("{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
}
