//! The groups of settings beside the core's own, read from environment and file beside it: the meter's, and those that
//! domain crates register.

use std::any::Any;

use crate::MeterSettings;
use crate::setting::{DomainSettings, Node, SettingDef, SettingsGroup, Syntax};
use crate::settings::declared::{Entry, Settings};
use crate::settings::problems::Problems;
use crate::settings::source::Source;

/// The groups that a builder knows, each once; that of the meter is always there.
pub(crate) struct Groups(Vec<Box<dyn Registered>>);

impl Default for Groups {
    fn default() -> Self {
        Self(vec![Box::new(Registration::<MeterSettings> { edits: Vec::new() })])
    }
}

/// A group whose type is known to its domain alone.
trait Registered: Send {
    fn rows(&self) -> &'static [SettingDef];
    fn as_any(&mut self) -> &mut dyn Any;
    /// Whether a row takes this value; the error says what is accepted.
    fn try_value(&self, row: usize, node: &Node, syntax: Syntax) -> Result<(), String>;
    /// Puts the settings of this group together and among those of `domains`.
    fn resolve(self: Box<Self>, layers: &[Settings], domains: &mut DomainSettings, problems: &mut Problems);
}

/// What the builder was told of a group.
struct Registration<S> {
    edits: Vec<Edit<S>>,
}

type Edit<S> = Box<dyn FnOnce(&mut S) + Send>;

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

    /// The row that is wanted.
    pub(super) fn row(&self, wanted: impl Fn(&SettingDef) -> bool) -> Option<&'static SettingDef> {
        self.rows().find(|def| wanted(def))
    }

    /// Whether a setting takes this value; the error says what is accepted.
    pub(super) fn try_value(&self, def: &SettingDef, node: &Node, syntax: Syntax) -> Result<(), String> {
        let mut places =
            self.0.iter().filter_map(|group| Some((group, group.rows().iter().position(|row| row == def)?)));
        places.next().map_or(Ok(()), |(group, row)| group.try_value(row, node, syntax))
    }

    /// The settings of all groups: the defaults, under what the layers say, the weakest of which comes first, under what
    /// the builder says.
    pub(in crate::settings) fn resolve(self, layers: &[Settings], problems: &mut Problems) -> DomainSettings {
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

    fn try_value(&self, row: usize, node: &Node, syntax: Syntax) -> Result<(), String> {
        S::default().set(row, node, syntax)
    }

    fn resolve(self: Box<Self>, layers: &[Settings], domains: &mut DomainSettings, problems: &mut Problems) {
        let mut told = Told { settings: S::default(), sources: vec![None; S::SETTINGS.len()] };
        for layer in layers {
            told.lay_over(layer);
        }
        let before = told.settings.clone();
        for edit in self.edits {
            edit(&mut told.settings);
        }
        // Telemetry that is turned off starts with what is accepted.
        let sound = told.check(&before, problems);
        let accepted = [told.settings, before].into_iter().find(|settings| sound || settings.validate().is_ok());
        domains.insert(accepted.unwrap_or_default());
    }
}

/// The settings of a group, with the source of each value.
struct Told<'a, S> {
    settings: S,
    sources: Vec<Option<&'a Source>>,
}

impl<'a, S: SettingsGroup> Told<'a, S> {
    fn lay_over(&mut self, layer: &'a Settings) {
        for Entry { def, node } in &layer.entries {
            let Some(row) = S::SETTINGS.iter().position(|row| row == *def) else { continue };
            let syntax = if layer.source == Source::Environment { def.syntax() } else { Syntax::Unit };
            let mut upper = S::default();
            // A value that is not accepted was told of when it was read.
            if upper.set(row, node, syntax).is_ok() && self.settings.lay_over(row, &mut upper) {
                self.sources[row] = Some(&layer.source);
            }
        }
    }

    /// Checks what the builder made of `before`, and what goes together.
    fn check(&self, before: &S, problems: &mut Problems) -> bool {
        // What nobody set is named by its variable.
        let name = |row: usize| {
            let source = match self.sources[row] {
                _ if !self.settings.is_same(row, before) => &Source::Builder,
                Some(source) => source,
                None => &Source::Environment,
            };
            source.name(&S::SETTINGS[row])
        };
        let mut sound = true;
        for (row, def) in S::SETTINGS.iter().enumerate() {
            if let Err(unaccepted) = self.settings.check(row) {
                problems.add(unaccepted.of(&name(row), def));
                sound = false;
            }
        }
        if let Err(error) = if sound { self.settings.check_together() } else { Ok(()) } {
            let row = S::SETTINGS.iter().position(|def| def.key() == error.setting());
            problems.add(match row {
                Some(row) => error.named(name(row)),
                None => error,
            });
            sound = false;
        }
        sound
    }
}
