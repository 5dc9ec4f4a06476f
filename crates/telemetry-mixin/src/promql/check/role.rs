//! What an expression is for.

/// Where an expression is used; an alert has more rules to keep than a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A dashboard's panel, or a snippet in a runbook.
    Panel,
    /// An alert, which needs a comparison.
    Alert,
    /// A recording rule.
    Recording,
}

impl Role {
    /// The window to suggest.
    pub(super) fn window(self) -> &'static str {
        match self {
            Self::Panel => "$__rate_interval",
            Self::Alert | Self::Recording => "5m",
        }
    }
}
