//! What the dashboard and the alerts of this domain call the same.

/// The dashboard that alerts name.
pub(super) const STREAMING: &str = "streaming";

/// Who acts on this domain's alerts.
pub(super) const TEAM: &str = "platform";

pub(super) const KIND: [&str; 1] = ["kind"];
