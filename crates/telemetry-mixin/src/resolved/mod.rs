//! Domains with the operator's settings filled in and every expression parsed: what is checked, and what is rendered.

mod board;
mod budgets;
mod burn;
mod chosen;
mod domain;
mod glance;
mod identity;
mod kept;
mod merge;
mod native;
mod notify;
mod place;
mod resources;
mod rule;
mod service;
mod settings;
mod slo;
mod values;

pub(crate) use board::{Board, BoardPanel, BoardRow, BoardVariable, Target};
pub(crate) use domain::Resolved;
pub(crate) use identity::{identified, identified_boards};
pub(crate) use kept::kept;
pub(crate) use merge::{Merged, merged};
pub(crate) use native::natively;
#[cfg(feature = "settings-file")]
pub(crate) use place::setting_in;
pub(crate) use rule::{ResolvedAlert, ResolvedRule, RuleGroup};
pub(crate) use settings::mistakes;
pub(crate) use slo::{ALL_INSTANCES, budget_left, is_share};
