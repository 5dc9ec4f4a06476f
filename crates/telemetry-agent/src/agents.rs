//! The entry to this crate: the projects, and what all of them share.

use telemetry_core::{Global, Meter, SettingsError, SettingsGroup as _, Shared};
use tracing::info;

use crate::inner::Inner;
use crate::metrics::{AgentMetricsKey, ToolMetricsKey};
use crate::project::Project;
use crate::refused::Refused;
use crate::settings::AgentSettings;
use crate::shown::shown;

/// The telemetry of agents and their work; cheap to clone.
///
/// It knows what there is: the projects, and in each of them agents, tasks and sessions. All that is made of one meter
/// knows the same. What is there before the process's telemetry is set up is not shown.
///
/// ```
/// use telemetry_agent::Agents;
/// use telemetry_core::Meter;
///
/// # async fn answer() {}
/// # async fn example() {
/// let agents = Agents::new(&Meter::global());
/// let project = agents.create_project("storefront");
/// let task = project.create_task("fix-the-cart");
/// let run = project.agent("coder").run(&task);
/// let turn = run.turn();
/// turn.instrument(answer()).await; // what its calls to models cost is counted for the agent and the task
/// turn.complete();
/// run.complete();
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Agents(Shared<Inner>);

impl Agents {
    /// Agents recorded by this meter, with the settings that it carries.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::build(meter, &meter.settings_of())
    }

    /// Agents recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is out of its range.
    pub fn with_settings(meter: &Meter, settings: AgentSettings) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(Self::build(meter, &settings))
    }

    /// Agents recorded by the process's meter, with the settings that it carries; before it is installed nothing is
    /// recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Agents> = Global::new();
        GLOBAL.get(Self::new)
    }

    fn build(meter: &Meter, settings: &AgentSettings) -> Self {
        Self(Shared::new(Inner::new(meter, settings)))
    }

    /// Creates a project, which is counted. Where there is one of that id, it is that one, and nothing is counted.
    pub fn create_project(&self, id: &str) -> Project {
        let (project, _) = self.create(id);
        project
    }

    /// [`create_project`](Self::create_project), unless there is one of that id.
    ///
    /// # Errors
    ///
    /// [`Refused::Exists`].
    pub fn try_create_project(&self, id: &str) -> Result<Project, Refused> {
        let (project, is_new) = self.create(id);
        if is_new { Ok(project) } else { Err(Refused::Exists) }
    }

    fn create(&self, id: &str) -> (Project, bool) {
        let (state, is_new) = self.0.registry.enter(id, self.0.settings.max_concurrent);
        if is_new {
            self.0.platform.projects.add(1);
            info!(project_id = &*shown(id), "project created");
        }
        (Project::new(self.0.lease(), state), is_new)
    }

    /// Makes a project known that the application's store has, after a restart: it is there, and not counted as created.
    pub fn restore_project(&self, id: &str) -> Project {
        let (state, _) = self.0.registry.enter(id, self.0.settings.max_concurrent);
        Project::new(self.0.lease(), state)
    }

    /// The project of that id, if there is one.
    #[must_use]
    pub fn project(&self, id: &str) -> Option<Project> {
        Some(Project::new(self.0.lease(), self.0.registry.find(id)?))
    }

    /// Registers an agent: what is counted of it and its project is never folded into `_other`, however many others there
    /// are. It is for the few that last, and not for agents that are made for one task.
    ///
    /// The counters of both are exported at 0 from now on
    /// ([`registered_zeros`](telemetry_core::MeterSettings::registered_zeros)).
    pub fn register_agent(&self, project_id: &str, agent_id: &str) {
        self.0.agents.register(AgentMetricsKey { project_id, agent_id });
        self.0.projects.register(project_id);
        self.0.tools.register(ToolMetricsKey { agent_id, tool: "" });
    }

    /// Registers a tool: what is counted of it is never folded into `_other`, whatever names a model makes up. Its calls are
    /// counted by agent, and begin with the first of each.
    ///
    /// ```
    /// use telemetry_agent::Agents;
    ///
    /// for tool in ["Read", "Edit", "Bash"] {
    ///     Agents::global().register_tool(tool);
    /// }
    /// ```
    pub fn register_tool(&self, tool: &str) {
        self.0.tools.register(ToolMetricsKey { agent_id: "", tool });
    }
}
