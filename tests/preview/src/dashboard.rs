//! A dashboard of Grafana's, as far as it is drawn.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::error::PreviewError;

/// No dashboard has more rows of Grafana's grid.
const MOST_ROWS: u32 = 2_000;

#[derive(Deserialize)]
pub(crate) struct Dashboard {
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) templating: Templating,
    pub(crate) panels: Vec<Panel>,
}

#[derive(Default, Deserialize)]
pub(crate) struct Templating {
    #[serde(default)]
    pub(crate) list: Vec<Variable>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Variable {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) label: Option<String>,
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) include_all: bool,
    #[serde(default)]
    pub(crate) all_value: Option<String>,
    #[serde(default)]
    pub(crate) current: Value,
    #[serde(default)]
    pub(crate) query: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Panel {
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) grid_pos: GridPos,
    /// How far back the panel looks, where that is its own affair: `30d`.
    #[serde(default)]
    pub(crate) time_from: Option<String>,
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
    #[serde(default)]
    pub(crate) field_config: FieldConfig,
    #[serde(default)]
    pub(crate) options: Value,
    #[serde(default)]
    pub(crate) transformations: Vec<Transformation>,
    /// What a row has folded in.
    #[serde(default)]
    pub(crate) panels: Vec<Self>,
}

/// A place in the grid of 24 columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct GridPos {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) w: u32,
    pub(crate) h: u32,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Target {
    pub(crate) ref_id: String,
    pub(crate) expr: String,
    pub(crate) legend_format: String,
    pub(crate) format: String,
    pub(crate) instant: bool,
    pub(crate) range: bool,
    pub(crate) hide: bool,
}

#[derive(Default, Deserialize)]
pub(crate) struct Transformation {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) options: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct FieldConfig {
    pub(crate) defaults: Field,
    pub(crate) overrides: Vec<Override>,
}

/// How the fields of a panel are shown.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Field {
    pub(crate) unit: String,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    /// What a series is called in place of its legend.
    #[serde(rename = "displayName")]
    pub(crate) display_name: Option<String>,
    pub(crate) thresholds: Thresholds,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) custom: Custom,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Thresholds {
    pub(crate) steps: Vec<Step>,
}

/// From this value on, this colour; the first has no value.
#[derive(Deserialize)]
pub(crate) struct Step {
    pub(crate) color: String,
    pub(crate) value: Option<f64>,
}

/// Texts in place of values.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Mapping {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) options: Value,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Custom {
    pub(crate) draw_style: String,
    pub(crate) fill_opacity: f64,
    pub(crate) line_width: Option<f64>,
    pub(crate) stacking: Stacking,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Stacking {
    pub(crate) mode: String,
}

/// What is different for one field.
#[derive(Deserialize)]
pub(crate) struct Override {
    pub(crate) matcher: Matcher,
    #[serde(default)]
    pub(crate) properties: Vec<Property>,
}

#[derive(Deserialize)]
pub(crate) struct Matcher {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) options: Value,
}

#[derive(Deserialize)]
pub(crate) struct Property {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) value: Value,
}

impl Dashboard {
    /// From the file's text.
    pub(crate) fn read(text: &str) -> Result<Self, PreviewError> {
        let dashboard: Self = serde_json::from_str(text).map_err(PreviewError::NoDashboard)?;
        let folded = dashboard.panels.iter().flat_map(|row| &row.panels);
        match dashboard.panels.iter().chain(folded).find(|panel| !panel.grid_pos.is_possible()) {
            Some(panel) => Err(PreviewError::NoRoom { panel: panel.title.clone(), rows: MOST_ROWS }),
            None => Ok(dashboard),
        }
    }
}

impl Panel {
    /// What the panel asks.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(|target| !target.hide && !target.expr.is_empty())
    }

    /// A word among the options, by its path.
    pub(crate) fn option(&self, path: &str) -> Option<&str> {
        self.options.pointer(path).and_then(Value::as_str)
    }

    /// What an override says of the field of that name.
    pub(crate) fn overridden(&self, field: &str, property: &str) -> Option<&Value> {
        let of_field = self.field_config.overrides.iter().filter(|over| match &*over.matcher.id {
            "byName" => over.matcher.options.as_str() == Some(field),
            _ => false,
        });
        let mut properties = of_field.flat_map(|over| &over.properties);
        properties.find(|found| found.id == property).map(|found| &found.value)
    }
}

impl GridPos {
    fn is_possible(&self) -> bool {
        self.x <= 24
            && self.w <= 24
            && (1..=MOST_ROWS).contains(&self.h)
            && self.y <= MOST_ROWS
            && self.x + self.w <= 24
    }
}

/// A map of words, such as the columns that a transformation renames.
pub(crate) fn words(options: &Value, key: &str) -> BTreeMap<String, String> {
    let map = options.get(key).and_then(Value::as_object).into_iter().flatten();
    map.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}
