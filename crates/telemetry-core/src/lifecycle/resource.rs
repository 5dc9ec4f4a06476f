//! Who sends the telemetry: the resource's attributes, from settings, machine and process.

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;

use crate::settings::ResolvedResource;

/// What an attribute says that nobody set, and that has to be there.
const UNKNOWN: &str = "unknown";

/// Who sends the telemetry: what the settings say, before what the machine and the process say of themselves.
///
/// The builder lays the later attribute of a key over the earlier one.
pub(super) fn resource(settings: &ResolvedResource) -> Resource {
    let chosen = settings.attributes.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(defaults())
        .with_attributes(host())
        .with_attributes(process())
        .with_attributes(chosen)
        .with_service_name(settings.service_name.clone())
        .build()
}

/// Without an id of its own, a replica is taken for its siblings, and their counters for one that jumps.
fn defaults() -> [KeyValue; 3] {
    [
        KeyValue::new("service.instance.id", uuid::Uuid::new_v4().to_string()),
        KeyValue::new("service.version", UNKNOWN),
        KeyValue::new("deployment.environment.name", UNKNOWN),
    ]
}

fn host() -> [KeyValue; 3] {
    [
        KeyValue::new("host.name", host_name()),
        KeyValue::new("host.arch", architecture()),
        KeyValue::new("os.type", if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS }),
    ]
}

#[cfg(unix)]
fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| UNKNOWN.to_owned())
}

/// The arguments are left out: they may hold secrets.
fn process() -> Vec<KeyValue> {
    let mut attributes = vec![KeyValue::new("process.pid", i64::from(std::process::id()))];
    if let Ok(path) = std::env::current_exe() {
        if let Some(name) = path.file_name() {
            attributes.push(KeyValue::new("process.executable.name", name.to_string_lossy().into_owned()));
        }
        attributes.push(KeyValue::new("process.executable.path", path.to_string_lossy().into_owned()));
    }
    attributes
}

/// The processor's architecture, as the semantic conventions call it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "arm" => "arm32",
        "powerpc" => "ppc32",
        "powerpc64" => "ppc64",
        other => other,
    }
}
