//! A real PostgreSQL, asked through a measured pool of sqlx.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use futures_util::TryStreamExt as _;
use rustix::process::geteuid;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Executor as _, Postgres, SqlSafeStr as _, Statement as _};
use telemetry_db::{Db, DbSettings, MeasuredPool};
use telemetry_testkit::{EnteredTelemetry, TestTelemetry, eventually};
use telemetry_tests::program::Program;
use telemetry_tests::{Failure, ports};

use crate::report::Report;
use crate::stack::Site;

const PATIENCE: Duration = Duration::from_secs(30);
/// What nothing that is recorded may hold.
const CANARY: &str = "canary8371";
/// The server does not run as root: then it is somebody who owns nothing.
const NOBODY: u32 = 65_534;

const QUERIES: &str = "agentpane_db_queries_total";
const CONNECTIONS: &str = "agentpane_db_connections_active";
const SIZE: &str = "agentpane_db_size_bytes";

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let server = Server::start(site)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let telemetry = TestTelemetry::entered();
    runtime.block_on(async {
        let shop = Shop::open(telemetry, server.port).await?;
        report.check("queries of a pool are counted by operation and table", shop.queries().await);
        report.check("those of a transaction and of a stream are, too", shop.transaction().await);
        report.check("spans say which database, server and text", shop.spans());
        report.check("a refusal is told by its code and without values", shop.refusal().await);
        report.check("a statement that is prepared keeps its arguments", shop.prepared().await);
        report.check("connections in use are counted", shop.connections().await);
        report.check("the size of the database is read and follows it", shop.size().await);
        shop.pool.close().await;
        Ok::<(), Failure>(())
    })?;
    drop(runtime);
    report.check("PostgreSQL ends when asked", server.stop());
    Ok(())
}

/// The server, with its data in a folder of its own.
struct Server {
    program: Program,
    port: u16,
    data: PathBuf,
}

impl Server {
    fn start(site: &Site) -> Result<Self, Failure> {
        let [port] = ports::free()?;
        // Where whoever runs it may go, wherever this folder lies.
        let data = env::temp_dir().join(format!("telemetry-e2e-postgres-{port}"));
        fs::create_dir(&data)?;
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700))?;
        if geteuid().is_root() {
            chown(&data, Some(NOBODY), Some(NOBODY))?;
        }
        let program = Self::run(site, port, &data);
        program.map(|program| Self { program, port, data: data.clone() }).inspect_err(|_| {
            let _ = fs::remove_dir_all(&data);
        })
    }

    fn run(site: &Site, port: u16, data: &Path) -> Result<Program, Failure> {
        let programs = site.tools.join("postgres");
        let mut prepare = owned(&programs.join("initdb"));
        prepare.arg("--pgdata").arg(data).args([
            "--username=shop",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        let prepared = prepare.output()?;
        if !prepared.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&prepared.stderr)).into());
        }
        let mut command = owned(&programs.join("postgres"));
        command.arg("-D").arg(data).args(["-p", &port.to_string(), "-h", "127.0.0.1", "-c", "fsync=off"]);
        command.arg("-k").arg(data);
        let mut program = Program::start("postgres", &mut command, &site.folder)?;
        program.wait_ready(PATIENCE, || {
            // It writes the file once it takes connections.
            let state = fs::read_to_string(data.join("postmaster.pid"))?;
            state.contains("ready").then_some(()).ok_or_else(|| "it is not ready".into())
        })?;
        Ok(program)
    }

    fn stop(self) -> Result<(), Failure> {
        let ended = self.program.stop(PATIENCE).map(|_| ());
        fs::remove_dir_all(&self.data)?;
        ended
    }
}

/// A program of the server's, as whoever may run it.
fn owned(program: &Path) -> Command {
    let mut command = Command::new(program);
    if geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    // Beside programs that are unpacked and not installed lies the library that some of them need.
    if let Some(libraries) =
        program.canonicalize().ok().and_then(|program| Some(program.ancestors().nth(4)?.to_owned()))
    {
        command.env("LD_LIBRARY_PATH", libraries.join(format!("{}-linux-gnu", env::consts::ARCH)));
    }
    command.current_dir("/");
    command
}

/// An application of that server, and what it recorded.
struct Shop {
    telemetry: EnteredTelemetry,
    pool: MeasuredPool<Postgres>,
    port: u16,
}

impl Shop {
    async fn open(telemetry: EnteredTelemetry, port: u16) -> Result<Self, Failure> {
        let settings = DbSettings { query_text: true, size_interval: Duration::from_secs(1), ..DbSettings::default() };
        let db = Db::with_settings(telemetry.meter(), settings)?;
        let options = PgConnectOptions::new().host("127.0.0.1").port(port).username("shop").database("postgres");
        let pool = PgPoolOptions::new().max_connections(3).connect_with(options.disable_statement_logging()).await?;
        let pool = db.measure(pool);
        let table = "CREATE TABLE orders (id BIGINT PRIMARY KEY, item TEXT NOT NULL UNIQUE)";
        sqlx::query(table).execute(&pool).await?;
        Ok(Self { telemetry, pool, port })
    }

    fn counted(&self, operation: &str, table: &str, expected: f64) -> Result<(), Failure> {
        let counted = self.telemetry.total(QUERIES, &[("operation", operation), ("table", table)]);
        if (counted - expected).abs() < 0.5 {
            return Ok(());
        }
        Err(format!("{counted} queries ({operation} on {table}) are counted, and {expected} were sent").into())
    }

    async fn queries(&self) -> Result<(), Failure> {
        for (id, item) in [(1_i64, "pen"), (2, "ink"), (3, "paper")] {
            sqlx::query("INSERT INTO orders (id, item) VALUES ($1, $2)")
                .bind(id)
                .bind(item)
                .execute(&self.pool)
                .await?;
        }
        let item: String = sqlx::query_scalar("SELECT item FROM public.orders WHERE id = $1")
            .bind(2_i64)
            .fetch_one(&self.pool)
            .await?;
        if item != "ink" {
            return Err(format!("order 2 is {item}").into());
        }
        sqlx::query("UPDATE orders SET item = item || '!' WHERE id = 3").execute(&self.pool).await?;
        self.counted("other", "orders", 1.0)?;
        self.counted("insert", "orders", 3.0)?;
        self.counted("select", "public.orders", 1.0)?;
        self.counted("update", "orders", 1.0)
    }

    async fn transaction(&self) -> Result<(), Failure> {
        let mut transaction = self.pool.begin().await?;
        let items: Vec<String> = sqlx::query_scalar("SELECT item FROM orders WHERE item <> 'canary8371' ORDER BY id")
            .fetch(&mut *transaction)
            .try_collect()
            .await?;
        if items.len() != 3 {
            return Err(format!("the orders are {items:?}").into());
        }
        let mut savepoint = transaction.begin().await?;
        sqlx::query("DELETE FROM orders").execute(&mut *savepoint).await?;
        savepoint.rollback().await?;
        transaction.commit().await?;
        self.counted("select", "orders", 1.0)?;
        self.counted("delete", "orders", 1.0)?;
        self.counted("other", "_none", 4.0)
    }

    fn spans(&self) -> Result<(), Failure> {
        let spans = self.telemetry.spans();
        let span = *spans.named("db.select orders").first().ok_or("there is no span of a query")?;
        for (key, expected) in [
            ("db.system.name", "postgresql"),
            ("db.namespace", "postgres"),
            ("db.query.text", "SELECT item FROM orders WHERE item <> ? ORDER BY id"),
            ("db.response.returned_rows", "3"),
            ("server.address", "127.0.0.1"),
            ("server.port", &self.port.to_string()),
        ] {
            if span.attribute(key) != Some(expected) {
                return Err(format!("{key} is not {expected}: {span}").into());
            }
        }
        self.nowhere()
    }

    async fn refusal(&self) -> Result<(), Failure> {
        let insert = |id: i64| {
            sqlx::query("INSERT INTO orders (id, item) VALUES ($1, $2)").bind(id).bind(CANARY).execute(&self.pool)
        };
        insert(4).await?;
        let refused = insert(5).await.err().and_then(|error| error.as_database_error()?.code().map(String::from));
        if refused.as_deref() != Some("23505") {
            return Err(format!("the server answers {refused:?}").into());
        }
        // The server quotes the value in its message.
        let cast = sqlx::query("SELECT $1::text::bigint FROM orders").bind(CANARY).fetch_all(&self.pool).await;
        if cast.is_ok() {
            return Err("what is no number is taken for one".into());
        }
        let spans = self.telemetry.spans();
        for code in ["23505", "22P02"] {
            if !spans.iter().any(|span| span.is_error() && span.attribute("db.response.status_code") == Some(code)) {
                return Err(format!("no span tells {code}:\n{spans}").into());
            }
        }
        self.nowhere()
    }

    async fn prepared(&self) -> Result<(), Failure> {
        let statement = self.pool.prepare("SELECT count(*) FROM orders WHERE id < $1".into_sql_str()).await?;
        for (below, expected) in [(2_i64, 1_i64), (9, 4)] {
            let count: i64 = statement.query_scalar().bind(below).fetch_one(&self.pool).await?;
            if count != expected {
                return Err(format!("{count} orders are below {below}").into());
            }
        }
        Ok(())
    }

    async fn connections(&self) -> Result<(), Failure> {
        let held = (self.pool.acquire().await?, self.pool.acquire().await?);
        let in_use = self.telemetry.metrics().value(CONNECTIONS, &[]);
        drop(held);
        (in_use == Some(2.0)).then_some(()).ok_or_else(|| format!("{in_use:?} are told, and 2 are in use").into())
    }

    async fn size(&self) -> Result<(), Failure> {
        let _watch = self.pool.watch_size("shop")?;
        let size = || self.telemetry.metrics().value(SIZE, &[("database", "shop")]);
        let first = eventually("a size is read", size).within(PATIENCE).try_wait()?;
        let fill = "INSERT INTO orders SELECT n, repeat('x', 1000) || n FROM generate_series(1000, 6000) n";
        sqlx::query(fill).execute(&self.pool).await?;
        eventually("a larger one is read", || size().filter(|size| *size > first + 4e6)).within(PATIENCE).try_wait()?;
        Ok(())
    }

    fn nowhere(&self) -> Result<(), Failure> {
        let found = self.telemetry.contains_bytes(CANARY);
        (!found).then_some(()).ok_or_else(|| format!("a value is recorded:\n{}", self.telemetry.dump()).into())
    }
}
