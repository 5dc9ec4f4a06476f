//! The entry to this crate: what all databases share.

use std::ops::Deref;
use std::sync::Arc;

use telemetry_core::{Global, Meter, SettingsError, SettingsGroup as _};

use crate::database::Database;
use crate::inner::Inner;
use crate::settings::DbSettings;
use crate::system::System;

/// The telemetry of databases; cheap to clone. It derefs to a [`Database`] of which nothing is known but that it is asked in
/// SQL, for an application that has one.
///
/// ```
/// use telemetry_core::Meter;
/// use telemetry_db::Db;
/// use telemetry_db::labels::DbOperation;
///
/// # fn select() {}
/// let db = Db::new(&Meter::global());
/// let query = db.start(DbOperation::Select, "tasks");
/// query.in_scope(select);
/// query.succeed();
/// ```
#[derive(Clone, Debug)]
pub struct Db {
    inner: Arc<Inner>,
    any: Database,
}

impl Db {
    /// Databases recorded by this meter, with the settings that it carries.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::build(meter, &meter.settings_of())
    }

    /// Databases recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is out of its range.
    pub fn with_settings(meter: &Meter, settings: DbSettings) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(Self::build(meter, &settings))
    }

    /// Databases recorded by the process's meter, with the settings that it carries; before it is installed nothing is
    /// recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Db> = Global::new();
        GLOBAL.get(Self::new)
    }

    fn build(meter: &Meter, settings: &DbSettings) -> Self {
        let inner = Arc::new(Inner::new(meter, settings));
        Self { any: Database::new(Arc::clone(&inner), System::Other), inner }
    }

    /// A database of this system.
    pub fn database(&self, system: System) -> Database {
        Database::new(Arc::clone(&self.inner), system)
    }
}

impl Deref for Db {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.any
    }
}
