//! What dashboards and alerts of this domain call the same.

/// The dashboard that alerts and links name.
pub(super) const PROVIDERS: &str = "llm-provider";

/// Who acts on this domain's alerts.
pub(super) const TEAM: &str = "integrations";

/// What tells models apart.
pub(super) const MODEL: [&str; 2] = ["provider", "model"];
