//! Settings: where they come from, and what is accepted.

use std::time::Duration;

use telemetry_agent::{AgentSettings, Agents};
use telemetry_core::{Meter, Telemetry};

#[test]
fn the_meter_carries_what_builder_and_environment_say() {
    let telemetry = Telemetry::builder("shop")
        .from_vars([
            ("TELEMETRY_AGENT_MAX_CONCURRENT", "3"),
            ("TELEMETRY_AGENT_MAX_TURNS", "50"),
            ("TELEMETRY_AGENT_TURN_LIMIT_WARNING", "0.9"),
            ("TELEMETRY_AGENT_PRESENCE_TIMEOUT", "90s"),
        ])
        .domain(|agent: &mut AgentSettings| agent.max_turns = Some(60))
        .build()
        .expect("sound settings");
    let expected = AgentSettings {
        max_concurrent: Some(3),
        max_turns: Some(60),
        turn_limit_warning: 0.9,
        presence_timeout: Duration::from_secs(90),
    };
    assert_eq!(telemetry.meter().settings_of::<AgentSettings>(), expected);
    let defaults = AgentSettings {
        max_concurrent: None,
        max_turns: None,
        turn_limit_warning: 0.8,
        presence_timeout: Duration::from_secs(60),
    };
    assert_eq!(AgentSettings::default(), defaults);
}

#[test]
fn what_cannot_be_is_refused_with_what_is_accepted() {
    let base = AgentSettings::default;
    for (settings, key) in [
        (AgentSettings { max_concurrent: Some(0), ..base() }, "agent.max_concurrent: 0 is not accepted"),
        (AgentSettings { max_turns: Some(0), ..base() }, "agent.max_turns: 0 is not accepted"),
        (AgentSettings { max_turns: Some(1_000_001), ..base() }, "agent.max_turns: 1000001 is not accepted"),
        (AgentSettings { turn_limit_warning: 1.1, ..base() }, "agent.turn_limit_warning: 1.1 is not accepted"),
        (AgentSettings { turn_limit_warning: -0.1, ..base() }, "agent.turn_limit_warning: -0.1 is not accepted"),
        (
            AgentSettings { presence_timeout: Duration::from_millis(999), ..base() },
            "agent.presence_timeout: 999 ms is not accepted",
        ),
    ] {
        let error = Agents::with_settings(&Meter::noop(), settings).expect_err(key);
        assert!(error.to_string().starts_with(key), "{error}");
    }
    for settings in [base(), AgentSettings { max_concurrent: Some(1), max_turns: Some(1_000_000), ..base() }] {
        assert!(Agents::with_settings(&Meter::noop(), settings).is_ok());
    }
}
