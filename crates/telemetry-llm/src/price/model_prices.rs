//! Prices that the application sets, as a setting.

use std::collections::BTreeMap;

use telemetry_core::setting::{Node, SettingValue, Syntax};

use super::model_price::ModelPrice;

/// Prices by the model's name, or by `provider/model`.
///
/// ```
/// use telemetry_llm::{ModelPrice, ModelPrices};
///
/// let mut prices = ModelPrices::default();
/// prices.insert("openai/gpt-4o", ModelPrice { input: 2.0, output: 8.0, ..ModelPrice::default() });
/// assert_eq!(prices.get("openai/gpt-4o").map(|price| price.output), Some(8.0));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelPrices(BTreeMap<String, ModelPrice>);

impl ModelPrices {
    /// Sets the price of a model, or of a provider's model.
    pub fn insert(&mut self, model: impl Into<String>, price: ModelPrice) {
        self.0.insert(model.into(), price);
    }

    /// The price that was set under this name.
    #[must_use]
    pub fn get(&self, model: &str) -> Option<&ModelPrice> {
        self.0.get(model)
    }

    /// All of them, by their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ModelPrice)> {
        self.0.iter().map(|(model, price)| (model.as_str(), price))
    }

    /// Whether each is a price.
    pub(super) fn check(&self) -> Result<(), String> {
        let sound = |(model, price): (&str, &ModelPrice)| !model.is_empty() && price.is_sound();
        if self.iter().all(sound) { Ok(()) } else { Err(Self::accepted(Syntax::Unit)) }
    }
}

impl<M: Into<String>> FromIterator<(M, ModelPrice)> for ModelPrices {
    fn from_iter<I: IntoIterator<Item = (M, ModelPrice)>>(prices: I) -> Self {
        Self(prices.into_iter().map(|(model, price)| (model.into(), price)).collect())
    }
}

impl SettingValue for ModelPrices {
    fn accepted(_: Syntax) -> String {
        "model=input,output,cached_input,cache_creation,request;model=… with each model once, of whose prices the last \
         three may be left out, from 0 to 1000000"
            .to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let models = match node {
            Node::Text(text) => of_text(text),
            Node::Map(models) => models.iter().map(|(model, price)| Some((model.clone(), of_map(price)?))).collect(),
            _ => None,
        };
        let once = |models: Vec<(String, ModelPrice)>| {
            let (given, prices) = (models.len(), Self::from_iter(models));
            (prices.0.len() == given).then_some(prices)
        };
        models.and_then(once).ok_or_else(|| Self::accepted(syntax))
    }

    fn write(&self) -> String {
        let written = self.iter().map(|(model, price)| {
            let number = |price: Option<f64>| price.map(|price| price.to_string()).unwrap_or_default();
            let request = Some(price.request).filter(|request| *request != 0.0);
            let rest = [number(price.cached_input), number(price.cache_creation), number(request)].join(",");
            format!("{model}={},{},{rest}", price.input, price.output).trim_end_matches(',').to_owned()
        });
        written.collect::<Vec<_>>().join(";")
    }

    fn laid_over(self, mut below: Self) -> Self {
        below.0.extend(self.0);
        below
    }
}

fn of_text(text: &str) -> Option<Vec<(String, ModelPrice)>> {
    let text = text.trim_end();
    let models = text.strip_suffix(';').unwrap_or(text).split(';');
    models
        .map(|model| model.split_once('=').and_then(|(model, price)| Some((named(model)?, of_list(price)?))))
        .collect()
}

fn named(model: &str) -> Option<String> {
    Some(model.trim().to_owned()).filter(|model| !model.is_empty())
}

fn of_list(list: &str) -> Option<ModelPrice> {
    let mut prices = list.split(',').map(str::trim);
    let (input, output) = (prices.next()?.parse().ok()?, prices.next()?.parse().ok()?);
    let mut optional = || match prices.next() {
        None | Some("") => Some(None),
        Some(price) => price.parse().ok().map(Some),
    };
    let (cached_input, cache_creation, request) = (optional()?, optional()?, optional()?);
    let price = ModelPrice { input, output, cached_input, cache_creation, request: request.unwrap_or_default() };
    prices.next().is_none().then_some(price)
}

fn of_map(node: &Node) -> Option<ModelPrice> {
    let Node::Map(fields) = node else { return None };
    let (mut price, mut input, mut output) = (ModelPrice::default(), None, None);
    for (field, value) in fields {
        let value = value.number()?;
        match field.as_str() {
            "input" => input = Some(value),
            "output" => output = Some(value),
            "cached_input" => price.cached_input = Some(value),
            "cache_creation" => price.cache_creation = Some(value),
            "request" => price.request = value,
            _ => return None,
        }
    }
    Some(ModelPrice { input: input?, output: output?, ..price })
}
