//! What bounds a free-text label: how many values it has, and how long these are.

use std::sync::atomic::{AtomicBool, Ordering};

use super::entity::OTHER;
use super::length::is_name;
use crate::def::LabelDef;
use crate::meter::MeterSettings;
use crate::table::Table;

/// Keeps one free-text label bounded.
pub(super) struct LabelGuard {
    def: &'static LabelDef,
    /// Left out, because it is a detail label and those are off.
    pub(super) masked: bool,
    known: Table<()>,
    pub(super) max: usize,
    full_said: AtomicBool,
}

impl LabelGuard {
    pub(super) fn new(def: &'static LabelDef, settings: &MeterSettings) -> Self {
        Self {
            def,
            masked: def.is_detail() && !settings.detail_labels,
            known: Table::new(),
            max: def.max_values.unwrap_or(settings.max_label_values),
            full_said: AtomicBool::new(false),
        }
    }

    /// The value itself if it is known, is let in anyway, or there is room for it.
    pub(super) fn admit<'a>(&self, value: &'a str, is_let_in: impl FnOnce() -> bool) -> &'a str {
        if self.masked {
            return "";
        }
        if value == OTHER || self.known.get(&[value]).is_some() || is_let_in() {
            return value;
        }
        if !is_name(value) {
            return OTHER;
        }
        // A full label is told without its lock: everything new goes this way then.
        if self.known.len() < self.max && self.known.get_or_insert(&[value], self.max, || ()).is_ok() {
            return value;
        }
        if !self.full_said.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "telemetry",
                label = self.def.name,
                max_values = self.max,
                "a label has as many values as it may: new ones fold into _other"
            );
        }
        OTHER
    }
}
