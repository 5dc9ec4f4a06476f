//! Where settings come from, and what they are called there.

use std::path::PathBuf;

use crate::setting::SettingDef;

/// Where a layer comes from, the one that counts most first.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    #[default]
    Builder,
    Environment,
    File(PathBuf),
    Application,
}

impl Source {
    /// A setting as it is written in this source.
    pub(super) fn name(&self, def: &SettingDef) -> String {
        match self {
            Self::Builder => format!("builder `{}`", def.setter()),
            Self::Environment => def.env().to_owned(),
            Self::File(_) | Self::Application => self.name_of_key(def.key()),
        }
    }

    /// What stands in this source under a key that may be no setting's.
    pub(super) fn name_of_key(&self, key: &str) -> String {
        match self {
            Self::File(path) => format!("{key} in {}", path.display()),
            Self::Application => format!("application's own {key}"),
            Self::Builder | Self::Environment => key.to_owned(),
        }
    }
}
