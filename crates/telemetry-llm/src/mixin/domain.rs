//! The domain as the generator takes it.

use telemetry_mixin::model::{Domain, Mixin};

use super::{alerts, budgets, dashboards, objectives};
use crate::CATALOGUE;
use crate::metrics::ClaudeMetrics;

/// The LLM domain, for the generator.
///
/// What counts as too much is the operator's to say, by the alert's name:
///
/// ```
/// use telemetry_mixin::{AlertSettings, GeneratorSettings, generate};
///
/// let mut settings = GeneratorSettings::default();
/// let daily = AlertSettings { threshold: Some(80.0), ..AlertSettings::default() };
/// settings.alerts.insert("ProviderDailyBudgetExceeded".to_owned(), daily);
/// let files = generate(&settings, &[telemetry_llm::mixin::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/llm-provider.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("llm", CATALOGUE, mixin())
}

/// Why no panel shows what is measured of Claude's calls beside those of all providers.
const OF_CLAUDE_ALONE: &str =
    "the dashboards show `llm_provider_request_seconds` of all providers; this is for those who look at Claude alone";

/// Its dashboards and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    Mixin::new()
        .dashboard(dashboards::llm_provider())
        .dashboard(dashboards::external_services())
        .rules(budgets::rules())
        .alert(alerts::high_provider_error_rate())
        .alert(alerts::most_provider_calls_fail())
        .alert(alerts::rate_limited_heavily())
        .alert(alerts::excessive_token_usage())
        .alert(budgets::high_provider_cost())
        .alert(budgets::provider_daily_budget_exceeded())
        .alert(budgets::provider_monthly_budget_exceeded())
        .alert(budgets::unpriced_model())
        .alert(alerts::usage_persistence_failing())
        .alert(alerts::usage_queue_backlog())
        .slos(objectives::all())
        .unread(ClaudeMetrics::CALLS, OF_CLAUDE_ALONE)
        .unread(ClaudeMetrics::DURATION, OF_CLAUDE_ALONE)
}
