//! The file read into settings: every key, then what the keys together get wrong.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::accepts::Refusal;
use super::error::{SettingsFileErrors, SettingsFileProblem};
use super::key::{Key, is_chosen};
use super::keys::keys;
use crate::generate::value_mistakes;
use crate::model::Domain;
use crate::promql::{cut, listing, nearest};
use crate::resolved::{mistakes, setting_in};
use crate::settings::GeneratorSettings;

/// How much of a value stands in an error, in bytes.
const LONGEST_VALUE: usize = 200;

impl GeneratorSettings {
    /// The settings in the text of a `telemetry-mixin.toml`, for a generator of these domains. What it does not say stays
    /// as it is by default.
    ///
    /// ```
    /// use telemetry_mixin::GeneratorSettings;
    ///
    /// let settings = GeneratorSettings::from_toml("namespace = \"acme\"\n[traces]\nstore = \"none\"\n", &[])?;
    /// assert_eq!((settings.namespace.as_str(), settings.traces), ("acme", None));
    ///
    /// let wrong = GeneratorSettings::from_toml("rule_intervall = \"30s\"\nexport_interval = 15\n", &[]).unwrap_err();
    /// assert_eq!(
    ///     wrong.to_string(),
    ///     "line 1: there is no key `rule_intervall`; did you mean `rule_interval`?\n\
    ///      line 2: `export_interval` is 15; accepted is a time above zero, such as \"15s\" or \"1h30m\""
    /// );
    /// # Ok::<(), telemetry_mixin::SettingsFileErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SettingsFileErrors`] with everything that is wrong: with its grammar, or else with its keys and values, domains and
    /// alerts that there are not among them.
    pub fn from_toml(text: &str, domains: &[Domain]) -> Result<Self, SettingsFileErrors> {
        let mut reader = Reader { text, keys: keys().collect(), ..Reader::default() };
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            let reason = format!("{}, in `{}`", error.message(), reader.text_of_line(at));
            reader.problems.push((at, SettingsFileProblem::Syntax { line: reader.line(at), reason }));
        }
        let mut settings = Self::default();
        if reader.problems.is_empty() {
            reader.table(&[], document.get_ref());
            reader.set(&mut settings);
            reader.compare(&settings, domains);
        }
        reader.problems.sort_by_key(|(at, _)| *at);
        let mut problems: Vec<_> = reader.problems.into_iter().map(|(_, problem)| problem).collect();
        problems.dedup();
        if problems.is_empty() { Ok(settings) } else { Err(SettingsFileErrors { problems }) }
    }
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    keys: Vec<&'static Key>,
    /// Where each key and table of the file stands, by its path.
    places: BTreeMap<String, usize>,
    values: Vec<Entry<'a>>,
    problems: Vec<(usize, SettingsFileProblem)>,
}

/// A value under a key that there is.
struct Entry<'a> {
    /// Which key, by its place in the list.
    key: usize,
    path: String,
    /// The parts of the path that the operator chose.
    names: Vec<String>,
    value: DeValue<'a>,
    span: Range<usize>,
}

impl<'a> Reader<'a> {
    /// Sorts the keys of a table into those that there are and those that there are not.
    fn table(&mut self, within: &[&str], table: &DeTable<'a>) {
        for (key, value) in table {
            let mut path = within.to_vec();
            path.push(key.get_ref());
            let joined = path.join(".");
            self.places.insert(joined.clone(), key.span().start);
            let fits =
                |row: usize| self.keys[row].parts().zip(&path).all(|(part, own)| is_chosen(part) || part == *own);
            let length = |row: usize| self.keys[row].parts().count();
            let within_it = (0..self.keys.len()).any(|row| length(row) > path.len() && fits(row));
            match (0..self.keys.len()).find(|row| length(*row) == path.len() && fits(*row)) {
                Some(row) => {
                    let chosen = self.keys[row].parts().zip(&path).filter(|(part, _)| is_chosen(part));
                    let names = chosen.map(|(_, own)| (*own).to_owned()).collect();
                    let (value, span) = (value.get_ref().clone(), value.span());
                    self.values.push(Entry { key: row, path: joined, names, value, span });
                }
                None if within_it => match value.get_ref() {
                    DeValue::Table(inner) => self.table(&path, inner),
                    _ => self.refused(&joined, value.span(), format!("a table, as in [{joined}]")),
                },
                None => self.unknown(&joined, key, within),
            }
        }
    }

    fn unknown(&mut self, key: &str, place: &Spanned<toml::de::DeString<'a>>, within: &[&str]) {
        let mut known: Vec<&str> = Vec::new();
        for row in &self.keys {
            let mut parts = row.parts();
            if parts.by_ref().take(within.len()).zip(within).all(|(part, own)| is_chosen(part) || part == *own)
                && let Some(next) = parts.next()
                && !known.contains(&next)
            {
                known.push(next);
            }
        }
        let help = match nearest(place.get_ref(), known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are {}", listing(known)),
        };
        let at = place.span().start;
        let unknown = SettingsFileProblem::Unknown { line: self.line(at), key: key.to_owned(), help };
        self.problems.push((at, unknown));
    }

    /// Sets what the values say, in the order of the keys.
    fn set(&mut self, settings: &mut GeneratorSettings) {
        let mut values = std::mem::take(&mut self.values);
        values.sort_by_key(|found| found.key);
        for Entry { key, path, names, value, span } in values {
            let accepts = self.keys[key].accepts;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            match accepts.set(settings, &names, &value) {
                Ok(()) => {}
                Err(Refusal::Kind) => self.refused(&path, span, accepts.in_words().into_owned()),
                Err(Refusal::Unfit(reason)) => {
                    let unfit = SettingsFileProblem::Unfit { line: self.line(span.start), key: path, reason };
                    self.problems.push((span.start, unfit));
                }
            }
        }
    }

    fn refused(&mut self, key: &str, span: Range<usize>, accepted: String) {
        let value = self.text.get(span.clone()).unwrap_or_default();
        let value = cut(value.split_whitespace().collect::<Vec<_>>().join(" ").as_str(), LONGEST_VALUE).into_owned();
        let refused =
            SettingsFileProblem::Refused { line: self.line(span.start), key: key.to_owned(), value, accepted };
        self.problems.push((span.start, refused));
    }

    /// Adds what does not fit what the domains declare.
    fn compare(&mut self, settings: &GeneratorSettings, domains: &[Domain]) {
        for finding in mistakes(settings, domains).into_iter().chain(value_mistakes(settings, domains)) {
            let key = setting_in(&finding.place).unwrap_or(&finding.place);
            let at = self.place(key).unwrap_or(0);
            let help = finding.problem.help.map(|help| format!("; {help}")).unwrap_or_default();
            let reason = format!("{}{help}", finding.problem.message);
            let unfit = SettingsFileProblem::Unfit { line: self.line(at), key: key.to_owned(), reason };
            self.problems.push((at, unfit));
        }
    }

    /// Where a key stands, or else the nearest table around it.
    fn place(&self, mut key: &str) -> Option<usize> {
        loop {
            match self.places.get(key) {
                Some(at) => return Some(*at),
                None => key = key.rsplit_once('.')?.0,
            }
        }
    }

    /// What stands in the line.
    fn text_of_line(&self, at: usize) -> Cow<'a, str> {
        cut(self.text.lines().nth(self.line(at) - 1).unwrap_or_default().trim(), LONGEST_VALUE)
    }

    fn line(&self, at: usize) -> usize {
        self.text[..self.text.floor_char_boundary(at)].matches('\n').count() + 1
    }
}
