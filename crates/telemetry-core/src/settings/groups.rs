//! The groups that domain crates register, read from environment and file beside the settings of the core.

use std::any::Any;

use super::layers::Source;
use super::{Settings, SettingsError};
use crate::setting::{DomainSettings, SettingDef, SettingsGroup, Syntax};

/// The groups that a builder knows, each once.
#[derive(Default)]
pub(crate) struct Groups(Vec<Box<dyn Registered>>);

/// A group whose type is known to its domain alone.
trait Registered: Send {
    fn rows(&self) -> &'static [SettingDef];
    fn as_any(&mut self) -> &mut dyn Any;
    /// Puts the settings of this group together and among those of `domains`.
    fn resolve(self: Box<Self>, layers: &[&Settings], domains: &mut DomainSettings, problems: &mut Vec<SettingsError>);
}

/// What the builder was told of a group.
struct Registration<S> {
    edits: Vec<Box<dyn FnOnce(&mut S) + Send>>,
}

impl Groups {
    /// Registers a group unless it is there, and has `edit` be applied to what weaker sources say.
    pub(crate) fn register<S: SettingsGroup>(&mut self, edit: impl FnOnce(&mut S) + Send + 'static) {
        let known = self.0.iter_mut().find_map(|group| group.as_any().downcast_mut::<Registration<S>>());
        match known {
            Some(known) => known.edits.push(Box::new(edit)),
            None => self.0.push(Box::new(Registration::<S> { edits: vec![Box::new(edit)] })),
        }
    }

    /// The rows of all groups.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'static SettingDef> {
        self.0.iter().flat_map(|group| group.rows())
    }

    /// The settings of all groups: the defaults, under what the layers say, the weakest of which comes first, under what
    /// the builder says.
    pub(super) fn resolve(self, layers: &[&Settings], problems: &mut Vec<SettingsError>) -> DomainSettings {
        let mut domains = DomainSettings::default();
        for group in self.0 {
            group.resolve(layers, &mut domains, problems);
        }
        domains
    }
}

impl<S: SettingsGroup> Registered for Registration<S> {
    fn rows(&self) -> &'static [SettingDef] {
        S::SETTINGS
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn resolve(self: Box<Self>, layers: &[&Settings], domains: &mut DomainSettings, problems: &mut Vec<SettingsError>) {
        let mut told = Told { settings: S::default(), sources: vec![None; S::SETTINGS.len()] };
        for layer in layers {
            told.lay_over(layer, problems);
        }
        let before = told.settings.clone();
        for edit in self.edits {
            edit(&mut told.settings);
        }
        told.check(&before, problems);
        domains.insert(told.settings);
    }
}

/// The settings of a group, with the source of each value.
struct Told<'a, S> {
    settings: S,
    sources: Vec<Option<&'a Source>>,
}

impl<'a, S: SettingsGroup> Told<'a, S> {
    fn lay_over(&mut self, layer: &'a Settings, problems: &mut Vec<SettingsError>) {
        let syntax = |def: &SettingDef| if layer.source == Source::Environment { def.syntax() } else { Syntax::Unit };
        for (def, node) in &layer.entries {
            let Some(row) = S::SETTINGS.iter().position(|row| row.key() == def.key()) else { continue };
            let mut upper = S::default();
            match upper.set(row, node, syntax(def)) {
                Ok(()) => {
                    self.settings.lay_over(row, &mut upper);
                    self.sources[row] = Some(&layer.source);
                }
                Err(accepted) => {
                    problems.push(SettingsError::value(layer.source.name(def), def.shown(node), accepted));
                }
            }
        }
    }

    /// Checks what the builder made of `before`, and what goes together.
    fn check(&self, before: &S, problems: &mut Vec<SettingsError>) {
        let builder = Source::Builder;
        let name = |row: usize| {
            let source = self.sources[row].filter(|_| self.settings.is_same(row, before));
            source.unwrap_or(&builder).name(&S::SETTINGS[row])
        };
        let mut sound = true;
        for (row, def) in S::SETTINGS.iter().enumerate() {
            if let Err(unaccepted) = self.settings.check(row) {
                problems.push(unaccepted.of(&name(row), def));
                sound = false;
            }
        }
        if let Err(error) = if sound { self.settings.check_together() } else { Ok(()) } {
            let row = S::SETTINGS.iter().position(|def| def.key() == error.setting());
            problems.push(match row {
                Some(row) => error.named(name(row)),
                None => error,
            });
        }
    }
}
