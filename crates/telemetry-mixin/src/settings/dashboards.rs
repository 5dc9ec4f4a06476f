//! Whose dashboards are written.

/// What shows dashboards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DashboardTool {
    /// Grafana.
    Grafana,
    /// Perses.
    Perses,
}

impl DashboardTool {
    /// All that there are.
    pub const ALL: [Self; 2] = [Self::Grafana, Self::Perses];

    /// The word for it in settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grafana => "grafana",
            Self::Perses => "perses",
        }
    }

    /// The tools that these words name.
    ///
    /// ```
    /// use telemetry_mixin::DashboardTool;
    ///
    /// assert_eq!(DashboardTool::named(["perses"]), Ok(vec![DashboardTool::Perses]));
    /// assert_eq!(DashboardTool::named(["kibana"]).unwrap_err(), "`kibana` is neither grafana nor perses");
    /// ```
    ///
    /// # Errors
    ///
    /// The first word that names none, or that there is no word, as a sentence.
    pub fn named<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, String> {
        let tool = |word: &str| {
            let known = Self::ALL.into_iter().find(|tool| tool.as_str() == word);
            known.ok_or_else(|| format!("`{word}` is neither grafana nor perses"))
        };
        let tools = words.into_iter().map(tool).collect::<Result<Vec<Self>, _>>()?;
        if tools.is_empty() { Err("it names neither grafana nor perses".to_owned()) } else { Ok(tools) }
    }
}
