//! Which provider and model a request asks, told by its address and body.

use http::Method;

use super::asked::Asked;
use crate::usage::Api;

/// What is asked of a model, as far as the request tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) operation: &'static str,
    pub(super) model: String,
    pub(super) prompt_length: Option<usize>,
}

impl Endpoint {
    /// The endpoint at a path, if models answer there, as is known or as the application says by the ends of such paths and
    /// what is asked for there; what is asked is read only then.
    pub(super) fn of(
        method: &Method,
        path: &str,
        own: &[(String, &'static str)],
        asked: impl FnOnce() -> Asked,
    ) -> Option<Self> {
        if method != Method::POST {
            return None;
        }
        let path = path.trim_end_matches('/');
        if let Some((_, operation)) = own.iter().find(|(end, _)| path.ends_with(end.as_str())) {
            return Some(Self::asked(operation, None, path, asked()));
        }
        let endpoints = Api::ALL.iter().flat_map(|api| api.shape().endpoints);
        let (model, operation) =
            endpoints.into_iter().find_map(|(end, operation)| Some((at(path, end)?, operation)))?;
        Some(Self::asked(operation, model, path, asked()))
    }

    fn asked(operation: &'static str, named: Option<String>, path: &str, asked: Asked) -> Self {
        let Asked { model, prompt_length } = asked;
        let model = named.or(model).unwrap_or_else(|| deployment(path).unwrap_or_default().to_owned());
        Self { operation, model, prompt_length }
    }
}

/// The deployment that a path names: Azure's `/openai/deployments/{deployment}/chat/completions`, Databricks's
/// `/serving-endpoints/{deployment}/invocations`.
fn deployment(path: &str) -> Option<&str> {
    let rest = ["/deployments/", "/serving-endpoints/"].iter().find_map(|folder| path.split_once(folder));
    rest?.1.split('/').next()
}

/// Whether a path ends so, and the model that it names, if that is where its name stands.
fn at(path: &str, end: &str) -> Option<Option<String>> {
    if let Some(verb) = end.strip_prefix(':') {
        let (model, said) = path.rsplit('/').next()?.rsplit_once(':')?;
        return (said == verb).then(|| Some(model.to_owned()));
    }
    let Some(verb) = end.strip_prefix("/model/{model}/") else { return path.ends_with(end).then_some(None) };
    let (model, said) = path.split_once("/model/")?.1.rsplit_once('/')?;
    // A colon and the slashes of a resource's name come encoded.
    let decoded = || model.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/");
    (said == verb).then(|| Some(decoded()))
}
