//! Statements of anybody, in the language of each system: none panics, none takes long, however deep or long it is.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use telemetry_core::Meter;
use telemetry_db::labels::System;
use telemetry_db::{Database, Db, DbSettings};

const SYSTEMS: [System; 5] = [System::Sqlite, System::PostgreSql, System::MySql, System::SqlServer, System::Other];

fuzz_target!(|input: (u8, &str)| {
    static DATABASES: OnceLock<Vec<Database>> = OnceLock::new();
    let databases = DATABASES.get_or_init(|| {
        let settings = DbSettings { query_text: true, max_statement_bytes: 1 << 20, ..DbSettings::default() };
        let db = Db::with_settings(&Meter::noop(), settings).expect("sound settings");
        SYSTEMS.map(|system| db.database(system)).to_vec()
    });
    let (choice, text) = input;
    databases[usize::from(choice) % databases.len()].sql(text).succeed();
});
