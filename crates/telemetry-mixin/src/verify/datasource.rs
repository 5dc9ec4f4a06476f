//! Which of a dashboard's queries are PromQL.

use std::collections::BTreeMap;

use super::logql::is_piped;
use super::tree::Part;

/// The types of Grafana's datasources that are asked in PromQL.
const PROMQL: [&str; 4] = [
    "prometheus",
    "grafana-amazonprometheus-datasource",
    "grafana-azureprometheus-datasource",
    "victoriametrics-metrics-datasource",
];

/// The types of the datasources that a dashboard names by variables.
#[derive(Debug, Default)]
pub(super) struct Types<'a> {
    by_variable: BTreeMap<&'a str, &'a str>,
}

impl<'a> Types<'a> {
    /// What a dashboard says of its variables, and of the inputs that it asks for when it is imported.
    pub(super) fn of(dashboard: &'a Part) -> Self {
        let mut types = Self::default();
        let variables =
            dashboard.at_path(&["templating"]).map(|templating| templating.list("list")).unwrap_or_default();
        for variable in variables.iter().filter(|variable| variable.text_of("type") == Some("datasource")) {
            types.add(variable.text_of("name"), variable.text_of("query"));
        }
        for input in dashboard.list("__inputs") {
            types.add(input.text_of("name"), input.text_of("pluginId"));
        }
        for variable in dashboard.list("variables") {
            let spec = variable.get("spec");
            if variable.text_of("kind") == Some("DatasourceVariable") {
                types.add(spec.and_then(|spec| spec.text_of("name")), spec.and_then(|spec| spec.text_of("pluginId")));
            }
        }
        types
    }

    fn add(&mut self, name: Option<&'a str>, of_type: Option<&'a str>) {
        if let (Some(name), Some(of_type)) = (name, of_type) {
            self.by_variable.insert(name, of_type);
        }
    }

    /// Whether an expression is asked in PromQL, by the nearest of these datasources that says so; where none does, by how it
    /// looks.
    pub(super) fn are_promql(&self, datasources: &[Option<&Part>], expression: &str) -> bool {
        match datasources.iter().flatten().find_map(|datasource| self.of_datasource(datasource)) {
            Some(of_type) => PROMQL.contains(&of_type),
            None => !is_piped(expression),
        }
    }

    fn of_datasource<'d>(&self, datasource: &'d Part) -> Option<&'d str>
    where
        'a: 'd,
    {
        let name = datasource.text().or_else(|| datasource.text_of("uid")).unwrap_or_default();
        let variable = name.trim_start_matches("${").trim_start_matches('$').trim_end_matches('}');
        if let Some(of_type) = self.by_variable.get(variable).filter(|_| name.starts_with('$')) {
            return Some(of_type);
        }
        if name.to_ascii_lowercase().contains("loki") && datasource.text().is_some() {
            return Some("loki");
        }
        // A panel of several datasources, and Grafana's own.
        datasource.text_of("type").filter(|of_type| !of_type.starts_with('$') && *of_type != "datasource")
    }
}
