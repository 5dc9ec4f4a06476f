//! Writes dashboards, rules with their tests, and runbooks below a folder: `generate DIR`.

use telemetry::mixin::{GeneratorSettings, generate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let domains: Vec<_> = telemetry::domains().into_iter().chain([order_desk::mixin::domain()]).collect();
    generate(&GeneratorSettings::default(), &domains)?.write_to(out.as_ref())?;
    Ok(())
}
