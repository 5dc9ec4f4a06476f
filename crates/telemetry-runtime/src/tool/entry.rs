//! Where the runs of tools begin.

use std::fmt;

use telemetry_core::{Global, Meter, SettingsError, SettingsGroup as _, Shared};

use super::instruments::ToolInstruments;
use super::run::ToolRun;
use super::settings::ToolSettings;
use super::start::ToolStart;

/// The runs of tools, by the tool's id; cheap to clone.
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_runtime::Tools;
/// use tokio::process::Command;
///
/// # async fn example() -> Result<(), telemetry_runtime::ToolError> {
/// let mut command = Command::new("git");
/// command.args(["diff", "--stat"]);
/// let output = Tools::global().start("git-diff").execute(command, (), Duration::from_secs(10)).await?;
/// assert!(!output.is_truncated());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Tools(Shared<ToolInstruments>);

impl Tools {
    /// Runs recorded by this meter, with the settings that it carries.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::build(meter, meter.settings_of())
    }

    /// Runs recorded by this meter, with these settings.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is out of its range.
    pub fn with_settings(meter: &Meter, settings: ToolSettings) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(Self::build(meter, settings))
    }

    /// Runs recorded by the process's meter, with the settings that it carries; before it is installed nothing is
    /// recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Tools> = Global::new();
        GLOBAL.get(Self::new)
    }

    fn build(meter: &Meter, settings: ToolSettings) -> Self {
        Self(Shared::new(ToolInstruments::new(meter, settings)))
    }

    /// Registers a tool: its id is never folded into `_other`, whatever else tools are called. It is for the ids that the
    /// application knows, before or after others came; those that a model makes up have the room that is left.
    ///
    /// Its counters are exported at 0 from now on
    /// ([`registered_zeros`](telemetry_core::MeterSettings::registered_zeros)).
    ///
    /// ```
    /// use telemetry_runtime::Tools;
    ///
    /// for tool_id in ["git-diff", "search-docs"] {
    ///     Tools::global().register(tool_id);
    /// }
    /// ```
    pub fn register(&self, tool_id: &str) {
        self.0.tools.register(tool_id);
    }

    /// Prepares a run of a tool, whose options may differ from the settings.
    ///
    /// ```
    /// use telemetry_runtime::Tools;
    ///
    /// let run = Tools::global().run("git-diff").permissions(&["read"]).start();
    /// run.succeed();
    /// ```
    pub fn run<'a>(&'a self, tool_id: &'a str) -> ToolStart<'a> {
        ToolStart::new(&self.0, tool_id)
    }

    /// Starts a run of a tool with the settings as they are.
    ///
    /// The id becomes the label `tool_id`, so it should be one of few: the name of a tool, not of a run.
    ///
    /// ```
    /// use telemetry_runtime::Tools;
    ///
    /// async fn search(query: String) -> Result<Vec<String>, std::io::Error> {
    ///     # Ok(vec![query])
    /// }
    ///
    /// # async fn example() {
    /// // The run is owned, so that it goes where the work goes; a tool in this process is ended by hand.
    /// let run = Tools::global().start(&format!("search-{}", "docs"));
    /// let task = tokio::spawn(async move {
    ///     match run.instrument(search("guards".to_owned())).await {
    ///         Ok(found) => {
    ///             run.succeed();
    ///             Ok(found)
    ///         }
    ///         Err(error) => {
    ///             run.because(&error).fail_as("io");
    ///             Err(error)
    ///         }
    ///     }
    /// });
    /// # drop(task);
    /// # }
    /// ```
    #[inline]
    pub fn start(&self, tool_id: &str) -> ToolRun {
        self.run(tool_id).start()
    }
}

impl fmt::Debug for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tools").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
