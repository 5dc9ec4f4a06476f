//! Writes dashboards, rules with their tests, and runbooks below a folder, as `telemetry-mixin.toml` says: `generate DIR`.

use telemetry::mixin::{GeneratorSettings, generate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let domains: Vec<_> = telemetry::domains().into_iter().chain([order_desk::mixin::domain()]).collect();
    let settings = GeneratorSettings::from_toml(&std::fs::read_to_string("telemetry-mixin.toml")?, &domains)?;
    generate(&settings, &domains)?.write_to(out.as_ref())?;
    Ok(())
}
