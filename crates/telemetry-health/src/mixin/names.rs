//! What dashboards and alerts of this domain call the same.

/// The dashboards that alerts name.
pub(super) const OVERVIEW: &str = "overview";
pub(super) const INFRASTRUCTURE: &str = "infrastructure";

/// Who acts on this domain's alerts.
pub(super) const TEAM: &str = "platform";

/// The component that stands for the service as a whole.
pub(super) const WHOLE: &str = "all";
