//! What is left of the domains when the operator has chosen: some domains, and alerts that he does without.

use std::collections::BTreeSet;

use super::Resolved;
use crate::settings::GeneratorSettings;

/// The domains that are wanted, without disabled alerts and without what leads to anything that is left out.
pub(crate) fn kept(domains: &[Resolved], settings: &GeneratorSettings) -> Vec<Resolved> {
    let wanted = |domain: &&Resolved| settings.wants(&domain.name, domain.catalogue.crate_name());
    let mut kept: Vec<Resolved> = domains.iter().filter(wanted).cloned().collect();
    let is_disabled = |name: &str| settings.disabled_alerts.iter().any(|disabled| disabled == name);
    for domain in &mut kept {
        let disabled = domain.alerts.extract_if(.., |alert| is_disabled(alert.alert.name()));
        let led_to: BTreeSet<String> = disabled.map(|alert| alert.runbook).collect();
        let alerts = &domain.alerts;
        let leads = |name: &str| !led_to.contains(name) || alerts.iter().any(|alert| alert.runbook == name);
        domain.runbooks.retain(|runbook| leads(&runbook.name));
    }
    let names: BTreeSet<String> =
        kept.iter().flat_map(|domain| &domain.alerts).map(|alert| alert.alert.name().to_owned()).collect();
    let slugs: BTreeSet<String> =
        kept.iter().flat_map(|domain| &domain.boards).map(|board| board.head.slug.clone()).collect();
    for domain in &mut kept {
        for shown in domain.boards.iter_mut().flat_map(|board| &mut board.rows).flat_map(|row| &mut row.panels) {
            shown.panel.alerts.retain(|alert| names.contains(alert));
        }
        // An alert that leads to another domain's dashboard leads to the first of its own.
        let Some(own) = domain.boards.first().map(|board| board.head.slug.clone()) else { continue };
        for resolved in domain.alerts.iter_mut().filter(|resolved| !slugs.contains(&resolved.alert.dashboard)) {
            resolved.alert.dashboard.clone_from(&own);
        }
    }
    kept
}
