//! A dashboard as declared: rows of panels, and which parts several domains share.

use super::{Panel, Variable};

/// A Grafana dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// The stable part of its uid and its file's name: `runtime-tools`.
    pub slug: String,
    /// The title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// How often it reloads, as Grafana writes it: `30s`.
    pub refresh: String,
    /// The time range it opens with: `6h`.
    pub range: String,
    /// Its variables beside `datasource`, `job` and `instance`.
    pub variables: Vec<Variable>,
    /// The titles of its rows in their order, where several domains have a part in it; none where one has it alone.
    pub sections: Vec<String>,
    /// Its rows from top to bottom.
    pub rows: Vec<Row>,
}

/// A row of panels; one without a title has no heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The heading.
    pub title: Option<String>,
    /// The panels from left to right; those that do not fit go below.
    pub panels: Vec<Panel>,
}

impl Dashboard {
    /// The title of the row that every dashboard begins with: the generator puts into it how many instances export, how
    /// long ago, and how many of the domain's alerts fire.
    pub const AT_A_GLANCE: &'static str = "At a Glance";

    /// The title of the row in which the generator shows what is left of the error budgets of its objectives.
    pub const OBJECTIVES: &'static str = "Objectives";

    /// A dashboard that reloads every 30 s and opens with the last 6 hours.
    #[must_use]
    pub fn new(slug: impl Into<String>, title: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            slug: slug.into(),
            title: title.into(),
            description: description.into(),
            refresh: "30s".to_owned(),
            range: "6h".to_owned(),
            variables: Vec::new(),
            sections: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Sets how often it reloads.
    #[must_use]
    pub fn refresh(mut self, every: impl Into<String>) -> Self {
        self.refresh = every.into();
        self
    }

    /// Sets the time range that it opens with.
    #[must_use]
    pub fn range(mut self, range: impl Into<String>) -> Self {
        self.range = range.into();
        self
    }

    /// Adds a variable. Every panel's series that carry the label which it lists are narrowed to what is chosen.
    #[must_use]
    pub fn variable(mut self, variable: Variable) -> Self {
        self.variables.push(variable);
        self
    }

    /// Lets other domains have a part in it, and says in which order the rows of all of them stand. The parts are joined
    /// where all else that is said of the dashboard is the same.
    #[must_use]
    pub fn sections(mut self, titles: &[&str]) -> Self {
        self.sections = titles.iter().map(|title| (*title).to_owned()).collect();
        self
    }

    /// Starts a row with a heading; the panels that follow are in it.
    #[must_use]
    pub fn row(mut self, title: impl Into<String>) -> Self {
        self.rows.push(Row { title: Some(title.into()), panels: Vec::new() });
        self
    }

    /// Adds a panel to the last row.
    #[must_use]
    pub fn panel(mut self, panel: Panel) -> Self {
        match self.rows.last_mut() {
            Some(row) => row.panels.push(panel),
            None => self.rows.push(Row { title: None, panels: vec![panel] }),
        }
        self
    }

    /// Adds a panel to the row that the dashboard begins with; further panels belong to the last row.
    ///
    /// ```
    /// use telemetry_mixin::model::{Dashboard, Panel, Unit};
    /// use telemetry_mixin::query::{rate, share};
    ///
    /// let failed = share(rate("refused_total"), rate("mails_total"));
    /// let share = Panel::stat("Error Share", "Mails that were refused", Unit::Ratio, failed);
    /// let board = Dashboard::new("mails", "Mails", "What is sent").row("Mails").at_a_glance(share);
    /// assert_eq!(board.rows[0].title.as_deref(), Some(Dashboard::AT_A_GLANCE));
    /// ```
    #[must_use]
    pub fn at_a_glance(mut self, panel: Panel) -> Self {
        let title = Some(Self::AT_A_GLANCE.to_owned());
        match self.rows.iter_mut().find(|row| row.title == title) {
            Some(row) => row.panels.push(panel),
            None => self.rows.insert(0, Row { title, panels: vec![panel] }),
        }
        self
    }

    /// All panels in order.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }
}
