//! A rate limit of GitHub's as callers see it: what is left of it, and what a refusal says.

use std::time::Duration;

/// What GitHub limits apart from each other, by the header `x-ratelimit-resource`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resource {
    /// The REST API, but for what is named below; some 5,000 calls an hour.
    Core,
    /// The search, but for that of code.
    Search,
    /// The search of code.
    CodeSearch,
    /// GraphQL, in points.
    Graphql,
    /// The making of an app from its manifest.
    IntegrationManifest,
    /// The snapshots of a repository's dependencies.
    DependencySnapshots,
    /// The bills of materials of a repository's dependencies.
    DependencySbom,
    /// The upload of results of code scanning.
    CodeScanningUpload,
    /// The fixes that code scanning proposes.
    CodeScanningAutofix,
    /// The registration of runners.
    ActionsRunnerRegistration,
    /// The import of repositories.
    SourceImport,
    /// The provisioning of users.
    Scim,
    /// The audit log.
    AuditLog,
    /// The streaming of the audit log.
    AuditLogStreaming,
    /// One that this crate does not know. All of them are one here.
    Other,
}

impl Resource {
    const KNOWN: [Self; 14] = [
        Self::Core,
        Self::Search,
        Self::CodeSearch,
        Self::Graphql,
        Self::IntegrationManifest,
        Self::DependencySnapshots,
        Self::DependencySbom,
        Self::CodeScanningUpload,
        Self::CodeScanningAutofix,
        Self::ActionsRunnerRegistration,
        Self::SourceImport,
        Self::Scim,
        Self::AuditLog,
        Self::AuditLogStreaming,
    ];

    /// As GitHub names it; `_other` for one that this crate does not know.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Search => "search",
            Self::CodeSearch => "code_search",
            Self::Graphql => "graphql",
            Self::IntegrationManifest => "integration_manifest",
            Self::DependencySnapshots => "dependency_snapshots",
            Self::DependencySbom => "dependency_sbom",
            Self::CodeScanningUpload => "code_scanning_upload",
            Self::CodeScanningAutofix => "code_scanning_autofix",
            Self::ActionsRunnerRegistration => "actions_runner_registration",
            Self::SourceImport => "source_import",
            Self::Scim => "scim",
            Self::AuditLog => "audit_log",
            Self::AuditLogStreaming => "audit_log_streaming",
            Self::Other => "_other",
        }
    }

    /// The one that GitHub names so.
    pub(super) fn named(name: &str) -> Self {
        Self::KNOWN.into_iter().find(|known| known.as_str() == name).unwrap_or(Self::Other)
    }

    /// The one that an endpoint counts against, for a server that does not say.
    pub(super) fn of_endpoint(template: &str) -> Self {
        match template {
            "/graphql" => Self::Graphql,
            "/search/code" => Self::CodeSearch,
            _ if template.starts_with("/search/") => Self::Search,
            _ => Self::Core,
        }
    }
}

/// What is left of a rate limit in its window: [`GitHub::rate_limit`](super::GitHub::rate_limit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// What it limits.
    pub resource: Resource,
    /// How many calls a window allows; points, for GraphQL.
    pub limit: u64,
    /// How many are left: all of them, once the window is over.
    pub remaining: u64,
    /// How long the window lasts still; no time once it is over.
    pub resets_in: Duration,
}

/// A call that GitHub refused for a rate limit: what [`GitHubCall::answered`](super::GitHubCall::answered) finds, and what the
/// middleware puts among the extensions of such an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimited {
    /// Which kind of limit it was.
    pub kind: LimitKind,
    /// What it limits.
    pub resource: Resource,
    /// How long to wait before the next call, as GitHub says it; a minute where it says nothing, which is its advice.
    pub retry_after: Duration,
}

/// The two kinds of limits that GitHub has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// So many calls in a window. None of them is left.
    Primary,
    /// Too many at once, too fast, or too much that is written. Calls are left, and have to wait all the same.
    Secondary,
}

impl LimitKind {
    /// `primary` or `secondary`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
        }
    }

    /// The class of the error.
    pub(super) const fn error_type(self) -> &'static str {
        match self {
            Self::Primary => "rate_limited",
            Self::Secondary => "secondary_rate_limited",
        }
    }
}
