//! Whether Prometheus evaluates every generated rule.

use telemetry_tests::Failure;
use telemetry_tests::prometheus::Prometheus;

use crate::names;

/// What is recorded once a process has ended, and not while the platform runs.
const AT_THE_END: &str = "job_instance:telemetry_process_ended:heeded";

/// Every rule without an error, and every recording rule that speaks of the platform with something recorded.
pub(crate) fn check(prometheus: &Prometheus) -> Result<(), Failure> {
    let rules = prometheus.rules()?;
    if rules.is_empty() {
        return Err("no rules".into());
    }
    for rule in rules {
        if rule.health != "ok" {
            return Err(format!("{} is {}: {}", rule.name, rule.health, rule.last_error).into());
        }
        let is_early = rule.kind == "recording" && rule.name != AT_THE_END;
        let has_data = is_early && names::speaks_of_platform(&rule.name);
        if has_data && prometheus.query(&rule.name)?.is_empty() {
            return Err(format!("{} records nothing", rule.name).into());
        }
    }
    Ok(())
}
