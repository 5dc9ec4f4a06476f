//! Where usage records are stored: a table of SQLite.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use axum::BoxError;
use sqlx::Sqlite;
use sqlx::sqlite::SqlitePoolOptions;
use telemetry_core::Meter;
use telemetry_db::labels::System;
use telemetry_db::{Db, MeasuredPool, SizeWatch};
use telemetry_llm::{GivenBack, StoreError, UsageRecord, UsageStore};

/// A table of usage records, in memory.
#[derive(Debug, Clone)]
pub(crate) struct UsageTable {
    pool: MeasuredPool<Sqlite>,
    _size: Arc<SizeWatch>,
}

impl UsageTable {
    /// Makes the table.
    ///
    /// # Errors
    ///
    /// SQLite's, and outside of a runtime of tokio's.
    pub(crate) async fn open(meter: &Meter) -> Result<Self, BoxError> {
        // A database in memory is gone with its connection.
        let pool = SqlitePoolOptions::new().min_connections(1).max_connections(1).idle_timeout(None).max_lifetime(None);
        // From here on its queries are measured.
        let usage = Db::new(meter).database(System::Sqlite).namespace("usage");
        let pool = usage.measure(pool.connect("sqlite::memory:").await?);
        sqlx::query(
            "CREATE TABLE usage_records (
                id TEXT PRIMARY KEY,
                at_unix_ms INTEGER NOT NULL,
                provider TEXT NOT NULL,
                model TEXT NOT NULL,
                outcome TEXT NOT NULL,
                prompt_tokens INTEGER,
                completion_tokens INTEGER,
                cost_usd REAL,
                tags TEXT NOT NULL
            )",
        )
        .execute(&pool)
        .await?;
        let size = Arc::new(pool.watch_size("usage")?);
        Ok(Self { pool, _size: size })
    }

    /// How many records there are.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub(crate) async fn count(&self) -> sqlx::Result<u64> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM usage_records").fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }

    async fn insert(&self, records: &[UsageRecord]) -> sqlx::Result<()> {
        let mut transaction = self.pool.begin().await?;
        for record in records {
            let tokens = |tokens: u64| i64::try_from(tokens).unwrap_or(i64::MAX);
            let usage = record.usage.as_ref();
            let at = record.at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
            // One that is there already was stored before, when the answer came too late.
            sqlx::query("INSERT OR IGNORE INTO usage_records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(record.id.to_string())
                .bind(i64::try_from(at.as_millis()).unwrap_or(i64::MAX))
                .bind(&record.provider)
                .bind(&record.model)
                .bind(&record.outcome)
                .bind(usage.map(|usage| tokens(usage.prompt_tokens())))
                .bind(usage.map(|usage| tokens(usage.completion_tokens())))
                .bind(record.cost_usd)
                .bind(serde_json::to_string(&record.tags).unwrap_or_default())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }
}

#[async_trait]
impl UsageStore for UsageTable {
    async fn store(&self, records: &[UsageRecord]) -> Result<(), StoreError> {
        self.insert(records).await.map_err(StoreError::database)
    }

    fn give_back(&self, records: Vec<UsageRecord>, reason: GivenBack) {
        for record in records {
            tracing::error!(%reason, id = %record.id, "a usage record is not stored");
        }
    }
}
