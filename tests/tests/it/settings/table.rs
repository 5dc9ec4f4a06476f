//! Each setting tried: at its limits and beyond, with garbage and with nothing, from the environment and from a file.

use telemetry_core::settings::{ResolvedSettings, Warning};
use telemetry_core::{SettingDef, SettingsError};

use super::edges::{ANY_TEXT, Files, GARBAGE, Value, accepted, beside, beyond};

/// Where a value is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Variable,
    File,
}

/// The variable that is never an error.
const KILL_SWITCH: &str = "OTEL_SDK_DISABLED";

/// Settings that a file cannot have.
const ONLY_VARIABLE: [&str; 1] = ["config_file"];

struct Trial<'a> {
    row: &'static SettingDef,
    files: &'a Files,
    from: Origin,
}

/// Every setting, from everywhere that it can be set.
fn trials(files: &Files) -> impl Iterator<Item = Trial<'_>> {
    telemetry::settings().flat_map(move |row| {
        let sources = [Origin::Variable, Origin::File].into_iter();
        let sources = sources.filter(move |from| *from == Origin::Variable || !ONLY_VARIABLE.contains(&row.key()));
        sources.map(move |from| Trial { row, files, from })
    })
}

impl Trial<'_> {
    /// What comes out of a value, and the name under which it was set.
    fn of(&self, value: &Value) -> (Result<ResolvedSettings, SettingsError>, String) {
        let mut variables = beside(self.row, self.files);
        let name = match self.from {
            Origin::Variable => {
                variables.push((self.row.env().to_owned(), value.variable.clone()));
                self.row.env().to_owned()
            }
            Origin::File => {
                let levels: Vec<_> = self.row.key().split('.').collect();
                let open: String = levels.iter().map(|level| format!("{{{level}: ")).collect();
                let text = format!("{open}{:?}{}", value.file, "}".repeat(levels.len()));
                let path = self.files.settings(&text).display().to_string();
                let name = format!("{} in {path}", self.row.key());
                variables.push(("TELEMETRY_CONFIG_FILE".to_owned(), path));
                name
            }
        };
        (telemetry::builder("shop").from_vars(variables).resolve(), name)
    }

    fn assert_refused(&self, value: &Value) -> String {
        let (result, name) = self.of(value);
        let error = result.expect_err(&format!("{:?} from {:?}: {value:?} is refused", self.row, self.from));
        assert_eq!(error.setting(), name, "{value:?}: {error}");
        error.to_string()
    }
}

#[test]
fn the_least_and_the_greatest_value_and_the_example_are_accepted() {
    let files = Files::new();
    let mut tried = 0;
    for trial in trials(&files) {
        for value in accepted(trial.row, &files) {
            let (result, name) = trial.of(&value);
            let resolved = result.unwrap_or_else(|error| panic!("{name}: {value:?}: {error}"));
            assert_eq!(resolved.warnings, [], "{name}: {value:?}");
            tried += 1;
        }
    }
    assert!(tried > 2 * telemetry::settings().count(), "only {tried} values were tried");
}

#[test]
fn one_beyond_each_limit_is_refused_with_what_is_accepted() {
    let files = Files::new();
    let mut limited = 0;
    for trial in trials(&files) {
        for value in beyond(trial.row) {
            let error = trial.assert_refused(&value);
            assert!(error.contains(&trial.row.accepted()), "{error:?} should say {:?}", trial.row.accepted());
            limited += 1;
        }
    }
    assert!(limited > 60, "only {limited} values were tried");
}

#[test]
fn garbage_is_refused_and_no_secret_is_shown() {
    let files = Files::new();
    for trial in trials(&files) {
        let garbage = Value { variable: GARBAGE.to_owned(), file: GARBAGE.to_owned() };
        if ANY_TEXT.contains(&trial.row.key()) {
            trial.of(&garbage).0.expect("any text is fine");
            continue;
        }
        if trial.row.env() == KILL_SWITCH && trial.from == Origin::Variable {
            let resolved = trial.of(&garbage).0.expect("the specification has it be false");
            let warned: Vec<_> = resolved.warnings.iter().map(Warning::setting).collect();
            assert_eq!((resolved.disabled, warned), (false, vec![KILL_SWITCH]));
            continue;
        }
        let error = trial.assert_refused(&garbage);
        assert!(!trial.row.is_secret() || !error.contains(GARBAGE), "{error}");
    }
}

#[test]
fn blank_is_unset() {
    let files = Files::new();
    for trial in trials(&files) {
        let unset = format!("{:?}", telemetry::builder("shop").from_vars(beside(trial.row, &files)).resolve());
        for blank in ["", " \t "] {
            let value = Value { variable: blank.to_owned(), file: blank.to_owned() };
            assert_eq!(format!("{:?}", trial.of(&value).0), unset, "{:?} from {:?}", trial.row, trial.from);
        }
    }
}
