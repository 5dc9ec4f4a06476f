//! What holds for log lines and their files.

use std::path::PathBuf;
use std::time::Duration;

use telemetry_core::{Component, Label as _, LogLevels, Settings};

const LEVELS: &str = "off, error, warn, info, debug or trace, then target=level, separated by commas";
const COMPONENTS: &str = "api, agent, worktree, session, database, stream, github or scheduler";
const NAMES: &str = "a name of letters, digits, `.`, `-` and `_` that begins with a letter or a digit";

/// What holds for log lines and their files.
///
/// ```
/// use telemetry_core::SettingsGroup as _;
/// use telemetry_logs::LogSettings;
///
/// let settings = LogSettings { level: Some("debug".to_owned()), ..LogSettings::default() };
/// assert!(settings.validate().is_ok());
/// let settings = LogSettings { level: Some("loud".to_owned()), ..settings };
/// assert!(settings.validate().unwrap_err().to_string().starts_with("log.level: loud is not accepted"));
/// ```
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "log", env = "TELEMETRY_LOG", title = "Log lines")]
pub struct LogSettings {
    /// Which events are taken, exported and written, unless `logs.level` says so: a level, and levels by target.
    #[setting(env = "LOG_LEVEL", check = check_level, accepts = LEVELS, unset = "`logs.level`", example = "debug")]
    pub level: Option<String>,
    /// Levels by target that are laid over `log.level`. What directives of Rust's may say of spans and fields is not
    /// accepted.
    #[setting(
        env = "RUST_LOG", check = check_level, accepts = LEVELS, unset = "`logs.level`",
        example = "info,shop::checkout=debug"
    )]
    pub directives: Option<String>,
    /// A file that holds a level, and levels by target, which is read at the start and at each SIGHUP: what it says counts
    /// more than all else. Where it is empty or gone, the settings count. Needs the cargo feature `signals`.
    #[setting(example = "/etc/shop/log-level")]
    pub level_file: Option<PathBuf>,
    /// The component of lines that no span and no field says one of.
    #[setting(default = "api", check = check_component, accepts = COMPONENTS, example = "agent")]
    pub component: String,
    /// The directory of the files that lines are written to, one a level; it is made where it is not there. Unset, there
    /// are no files.
    #[setting(example = "/var/log/shop")]
    pub directory: Option<PathBuf>,
    /// What the names of the files begin with.
    #[setting(check = check_name, accepts = NAMES, unset = "the service's name", example = "shop")]
    pub file_name: Option<String>,
    /// The most bytes of a file; the next line begins another.
    #[setting(default = 100_000_000, accepts = 1_000..=100_000_000_000, example = "10000000")]
    pub max_file_size: u64,
    /// How many files of a level are kept beside the one that is written to.
    #[setting(default = 10, accepts = 1..=10_000, example = "20")]
    pub max_files: usize,
    /// Whether files are compressed by gzip once they are full.
    #[setting(default = true, example = "false")]
    pub compress: bool,
    /// The most bytes of lines that wait to be written to the files, and as many again for standard error; what is beyond
    /// is dropped, counted and said.
    #[setting(default = 8_388_608, accepts = 4_096..=1_073_741_824, example = "33554432")]
    pub buffer_size: usize,
    /// How long lines are kept.
    #[setting(group)]
    pub retention: RetentionSettings,
    /// Which share of lines is written.
    #[setting(group)]
    pub sampling: SamplingSettings,
}

/// How long the lines of each level are kept in files: at least so long, and at most an eighth longer.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(title = "Retention of log files")]
pub struct RetentionSettings {
    /// Of level debug, with trace.
    #[setting(default = "24h", accepts = "1min"..="3650d", example = "6h")]
    pub debug: Duration,
    /// Of level info.
    #[setting(default = "7d", accepts = "1min"..="3650d", example = "3d")]
    pub info: Duration,
    /// Of level warn.
    #[setting(default = "30d", accepts = "1min"..="3650d", example = "14d")]
    pub warn: Duration,
    /// Of level error.
    #[setting(default = "90d", accepts = "1min"..="3650d", example = "365d")]
    pub error: Duration,
}

/// The share of the lines of each level that is written. The lines of one trace are all written or none; what goes over
/// OTLP, and the counts of errors, are not sampled.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(title = "Sampling of log lines")]
pub struct SamplingSettings {
    /// Of level debug, with trace.
    #[setting(default = 0.1, accepts = 0.0..=1.0, example = "1.0")]
    pub debug: f64,
    /// Of level info.
    #[setting(default = 1.0, accepts = 0.0..=1.0, example = "0.5")]
    pub info: f64,
    /// Of level warn.
    #[setting(default = 1.0, accepts = 0.0..=1.0, example = "0.5")]
    pub warn: f64,
    /// Of level error.
    #[setting(default = 1.0, accepts = 0.0..=1.0, example = "0.5")]
    pub error: f64,
}

impl LogSettings {
    /// The levels that `log.level` and `log.directives` say together, if they say any.
    pub(crate) fn levels(&self) -> Option<String> {
        match (&self.level, &self.directives) {
            (None, None) => None,
            (Some(level), None) => Some(level.clone()),
            (None, Some(directives)) => Some(format!("info,{directives}")),
            (Some(level), Some(directives)) => Some(format!("{},{directives}", level.trim_end_matches(','))),
        }
    }

    /// The component of lines that say none.
    pub(crate) fn component(&self) -> Component {
        component(&self.component).unwrap_or(Component::Api)
    }
}

/// The component of this name.
pub(crate) fn component(name: &str) -> Option<Component> {
    Component::ALL.iter().copied().find(|component| component.as_str() == name)
}

#[expect(clippy::ptr_arg, reason = "the derive hands on a reference of the field's own type")]
fn check_level(level: &String) -> Result<(), String> {
    // A directive of a span or a field would be taken for a target that nothing has.
    let is_of_targets = !level.contains(['[', ']', '{', '}']);
    (is_of_targets && LogLevels::new(level).is_ok()).then_some(()).ok_or_else(|| LEVELS.to_owned())
}

#[expect(clippy::ptr_arg, reason = "the derive hands on a reference of the field's own type")]
fn check_component(name: &String) -> Result<(), String> {
    component(name).map(|_| ()).ok_or_else(|| COMPONENTS.to_owned())
}

#[expect(clippy::ptr_arg, reason = "the derive hands on a reference of the field's own type")]
fn check_name(name: &String) -> Result<(), String> {
    let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    (begins && name.chars().all(sound)).then_some(()).ok_or_else(|| NAMES.to_owned())
}
