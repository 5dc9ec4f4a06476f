//! Whose dashboards are written.

use telemetry_core::Choice;
use telemetry_core::setting::{Node, SettingValue as _, Syntax};

/// What shows dashboards.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq)]
pub enum DashboardTool {
    /// Grafana.
    Grafana,
    /// Perses.
    Perses,
}

impl DashboardTool {
    /// All that there are.
    pub const ALL: [Self; 2] = [Self::Grafana, Self::Perses];

    /// The tools that these words name.
    ///
    /// ```
    /// use telemetry_mixin::DashboardTool;
    ///
    /// assert_eq!(DashboardTool::named(["perses"]), Ok(vec![DashboardTool::Perses]));
    /// assert_eq!(DashboardTool::named(["kibana"]).unwrap_err(), "`kibana` is not grafana or perses");
    /// ```
    ///
    /// # Errors
    ///
    /// The first word that names none, or that there is no word, as a sentence.
    pub fn named<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, String> {
        let tool = |word: &str| {
            let tool = Self::read(&Node::Text(word.to_owned()), Syntax::Unit);
            tool.map_err(|accepted| format!("`{word}` is not {accepted}"))
        };
        let tools = words.into_iter().map(tool).collect::<Result<Vec<Self>, _>>()?;
        if tools.is_empty() { Err(format!("it does not name {}", Self::accepted(Syntax::Unit))) } else { Ok(tools) }
    }
}
