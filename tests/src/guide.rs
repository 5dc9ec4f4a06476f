//! The pages of the guide, whose blocks of Rust are compiled as tests of this documentation.

#[doc = include_str!("../../docs/guide/start.md")]
pub mod start {}
#[doc = include_str!("../../docs/guide/http.md")]
pub mod http {}
#[doc = include_str!("../../docs/guide/agents.md")]
pub mod agents {}
#[doc = include_str!("../../docs/guide/databases.md")]
pub mod databases {}
#[doc = include_str!("../../docs/guide/github.md")]
pub mod github {}
#[doc = include_str!("../../docs/guide/own-metrics.md")]
pub mod own_metrics {}
#[doc = include_str!("../../docs/guide/production.md")]
pub mod production {}
