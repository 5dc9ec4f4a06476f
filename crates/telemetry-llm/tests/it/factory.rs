//! Making providers and tools.

use telemetry_llm::Factories;
use telemetry_llm::labels::FactoryType;
use telemetry_testkit::TestTelemetry;

use crate::fixture::NAMES;

#[test]
fn what_is_made_is_timed_and_what_is_not_made_is_not() {
    let telemetry = TestTelemetry::new();
    let factories = Factories::new(telemetry.meter());
    factories.start(FactoryType::Provider, "openai").succeed();
    assert_eq!(factories.create(FactoryType::Tool, "git-diff", || 7), 7);
    drop(factories.start(FactoryType::Tool, "broken"));
    let metrics = telemetry.metrics();
    metrics.assert_histogram_count(NAMES.factory, &[("factory_type", "provider"), ("name", "openai")], 1);
    metrics.assert_histogram_count(NAMES.factory, &[("factory_type", "tool"), ("name", "git-diff")], 1);
    metrics.assert_absent(NAMES.factory, &[("name", "broken")]);
}
