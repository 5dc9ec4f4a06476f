//! What is tried of a setting: values that are accepted, and values that are not. All of it follows from its row, except
//! for what only files and other settings can make sound.

use std::path::{Path, PathBuf};
use std::time::Duration;

use telemetry_core::SettingDef;
use telemetry_core::setting::{Range, Syntax};

/// Text that nothing but a name can be.
pub(super) const GARBAGE: &str = "?!";

/// A table of prices.
const PRICES: &str = r#"[{
    "id": "acme", "name": "Acme", "api_pattern": "https://api\\.acme\\.example",
    "models": [{"id": "rocket", "match": {"starts_with": "rocket"}, "prices": {"input_mtok": 1, "output_mtok": 2}}]
}]"#;

/// Settings that any text is fine for.
pub(super) const ANY_TEXT: [&str; 7] = [
    "resource.service_name",
    "tool.runtime_version",
    "health.version",
    "log.directory",
    "log.level_file",
    "mask.names",
    "mask.patterns",
];

/// A value as it is written, here and there.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) variable: String,
    pub(super) file: String,
}

impl Value {
    fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { variable: text.clone(), file: text }
    }

    fn duration(row: &SettingDef, duration: Duration) -> Self {
        let file = humantime::format_duration(duration).to_string();
        match row.syntax() {
            Syntax::Milliseconds => Self { variable: duration.as_millis().to_string(), file },
            Syntax::Unit => Self::same(file),
        }
    }
}

/// The least and the greatest value, and the example.
pub(super) fn accepted(row: &SettingDef, files: &Files) -> Vec<Value> {
    let mut values = match row.range() {
        Some(Range::Whole { least, most }) => vec![Value::same(least.to_string()), Value::same(most.to_string())],
        Some(Range::Number { least, most }) => {
            let most = Some(most).filter(|most| most.is_finite());
            [Some(least), most].into_iter().flatten().map(|value| Value::same(value.to_string())).collect()
        }
        Some(Range::Time { least, most }) => {
            let most = Some(most).filter(|most| *most < Duration::MAX);
            [Some(least), most].into_iter().flatten().map(|value| Value::duration(row, value)).collect()
        }
        Some(_) | None => Vec::new(),
    };
    values.push(match files.of(row) {
        Some(path) => Value::same(path.display().to_string()),
        None => Value { variable: row.env_example(), file: row.example() },
    });
    values
}

/// One value beyond each limit, where there is one that can be written.
pub(super) fn beyond(row: &SettingDef) -> Vec<Value> {
    match row.range() {
        Some(Range::Whole { least, most }) => {
            let values = [least.checked_sub(1), most.checked_add(1)];
            values.into_iter().flatten().map(|value| Value::same(value.to_string())).collect()
        }
        Some(Range::Number { least, most }) => {
            let values = [least - 0.001, most + 0.001];
            values.into_iter().filter(|value| value.is_finite()).map(|value| Value::same(value.to_string())).collect()
        }
        Some(Range::Time { least, most }) => {
            let step = Duration::from_millis(1);
            let values = [least.checked_sub(step), most.checked_add(step)];
            values.into_iter().flatten().map(|value| Value::duration(row, value)).collect()
        }
        Some(_) | None => Vec::new(),
    }
}

/// What else has to be set for a setting to have an effect, or to be fine at its limits.
pub(super) fn beside(row: &SettingDef, files: &Files) -> Vec<(String, String)> {
    let of_group = |field: &str| match row.key().rsplit_once('.') {
        Some((group, _)) => format!("{group}.{field}"),
        None => field.to_owned(),
    };
    let set = |key: String, value: &str| {
        let row = telemetry::settings().find(|row| row.key() == key);
        let row = row.unwrap_or_else(|| panic!("{key} is no setting"));
        (row.env().to_owned(), value.to_owned())
    };
    let field = row.key().rsplit('.').next().unwrap_or_default();
    match field {
        _ if row.key() == "workflow.backoff_initial" => vec![set(of_group("backoff_max"), "24h")],
        _ if row.key() == "workflow.backoff_max" => vec![set(of_group("backoff_initial"), "1ms")],
        "capacity" => vec![set(of_group("batch"), "1")],
        "batch" => vec![set(of_group("capacity"), "10000000")],
        "first_backoff" => vec![set(of_group("longest_backoff"), "24h")],
        "longest_backoff" => vec![set(of_group("first_backoff"), "1ms")],
        "max_export_batch_size" => vec![set(of_group("max_queue_size"), "1000000")],
        "ratio" if row.key() == "sampling.ratio" => vec![set(of_group("sampler"), "traceidratio")],
        "certificate" => vec![set(of_group("endpoint"), "https://collector:4317")],
        "client_certificate" => vec![
            set(of_group("endpoint"), "https://collector:4317"),
            set(of_group("client_key"), &files.key.display().to_string()),
        ],
        "client_key" => vec![
            set(of_group("endpoint"), "https://collector:4317"),
            set(of_group("client_certificate"), &files.certificate.display().to_string()),
        ],
        "token_file" | "host" | "port" => vec![set("exporters.metrics".to_owned(), "prometheus")],
        _ => Vec::new(),
    }
}

/// Files that settings can name.
pub(super) struct Files {
    folder: tempfile::TempDir,
    certificate: PathBuf,
    key: PathBuf,
    token: PathBuf,
    prices: PathBuf,
    empty: PathBuf,
}

impl Files {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let signed = rcgen::generate_simple_self_signed(["collector".to_owned()]).expect("a certificate");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        Self {
            certificate: write("certificate.pem", &signed.cert.pem()),
            key: write("key.pem", &signed.signing_key.serialize_pem()),
            token: write("token", "open-sesame"),
            prices: write("prices.json", PRICES),
            empty: write("empty.yaml", ""),
            folder,
        }
    }

    /// A settings file that says this.
    pub(super) fn settings(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("settings.yaml");
        std::fs::write(&path, text).expect("written");
        path
    }

    /// The file that a setting may name.
    fn of(&self, row: &SettingDef) -> Option<&Path> {
        match row.key().rsplit('.').next()? {
            "certificate" | "client_certificate" => Some(&self.certificate),
            "client_key" => Some(&self.key),
            "token_file" => Some(&self.token),
            "config_file" => Some(&self.empty),
            _ if row.key() == "llm.prices.file" => Some(&self.prices),
            _ => None,
        }
    }
}
