//! The first word of the platform's own names, and how an operator's choice replaces it.

use std::borrow::Cow;
use std::fmt;

use super::name::is_metric_name;
use crate::setting::{Node, SettingValue, Syntax};

/// The first word of the names that are the platform's own: `agentpane` unless the operator chooses another.
///
/// Declarations write `agentpane_`; instruments, docs, dashboards and rules replace it alike.
///
/// ```
/// use telemetry_core::Namespace;
///
/// let acme = Namespace::new("acme")?;
/// assert_eq!(acme.apply("agentpane_errors_total"), "acme_errors_total");
/// assert_eq!(acme.apply("runtime_tool_errors_total"), "runtime_tool_errors_total");
/// # Ok::<(), telemetry_core::NamespaceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace(Cow<'static, str>);

impl Namespace {
    /// The namespace that declarations are written with.
    pub const DEFAULT: Self = Self(Cow::Borrowed("agentpane"));

    /// Another namespace.
    ///
    /// # Errors
    ///
    /// [`NamespaceError`] when it is not a lower-case word that can start a metric name.
    pub fn new(name: impl Into<String>) -> Result<Self, NamespaceError> {
        let name = name.into();
        if is_metric_name(&name) { Ok(Self(Cow::Owned(name))) } else { Err(NamespaceError { value: name }) }
    }

    /// The word itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name with its leading `agentpane_` replaced; any other name as it is.
    #[must_use]
    pub fn apply(&self, name: &'static str) -> Cow<'static, str> {
        match name.strip_prefix("agentpane_") {
            Some(rest) if self.0 != "agentpane" => Cow::Owned(format!("{}_{rest}", self.0)),
            _ => Cow::Borrowed(name),
        }
    }
}

impl SettingValue for Namespace {
    fn accepted(_: Syntax) -> String {
        "a name of a-z, 0-9 and single underscores that starts with a letter".to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        node.text().and_then(|text| Self::new(text).ok()).ok_or_else(|| Self::accepted(syntax))
    }

    fn write(&self) -> String {
        self.0.clone().into_owned()
    }
}

impl Default for Namespace {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A namespace that cannot start a metric name.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "namespace {value:?} is not accepted: lower-case letters, digits and single underscores, starting with a letter"
)]
pub struct NamespaceError {
    /// The value given.
    pub value: String,
}

crate::debug_as_display!(NamespaceError);
