//! Where a database is, as its driver and the options of its pool say.

use std::panic::{self, AssertUnwindSafe};

use sqlx::{ConnectOptions as _, Connection, Pool};

use crate::database::Database;
use crate::db::Db;
use crate::system::System;

impl Db {
    /// The database of a pool: its system, and where its server is, as far as the driver is one that says so. Password and
    /// user are not looked at.
    pub(super) fn database_of<DB: sqlx::Database>(&self, pool: &Pool<DB>) -> Database {
        let system = system(DB::NAME);
        let database = self.database(system);
        if !matches!(system, System::PostgreSql | System::MySql) {
            return database;
        }
        let options = pool.connect_options();
        // It panics at names of users that are none of an address.
        let url =
            panic::catch_unwind(AssertUnwindSafe(|| <<DB::Connection as Connection>::Options>::to_url_lossy(&options)));
        let Ok(url) = url else { return database };
        let database = match url.path().trim_matches('/') {
            "" => database,
            name => database.namespace(name),
        };
        // The path of a socket is written in percents there.
        match url.host_str().filter(|host| !host.contains('%')) {
            Some(host) => database.server(host, url.port()),
            None => database,
        }
    }
}

/// A driver's name as the conventions have it.
pub(super) fn system(driver: &str) -> System {
    match driver {
        "SQLite" => System::Sqlite,
        "PostgreSQL" => System::PostgreSql,
        "MySQL" => System::MySql,
        _ => System::Other,
    }
}
