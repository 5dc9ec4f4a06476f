//! Groups of settings that domain crates declare: where they are read, in which order, and how they are refused.

use std::io::Write as _;
use std::time::Duration;

use telemetry_core::{
    Choice, Global, InitError, Meter, MeterSettings, Settings, SettingsError, SettingsGroup, Telemetry,
    TelemetryBuilder,
};

/// Where mails wait.
#[derive(Settings, Debug, Clone, PartialEq)]
struct Queue {
    /// How many wait.
    #[setting(default = 100, accepts = 1..=10_000)]
    capacity: usize,
    /// What happens to one that there is no room for.
    overload: Overload,
}

#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Overload {
    #[default]
    Wait,
    Refuse,
}

/// What holds for all mails.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "mail", env = "TELEMETRY_MAIL", check = Mail::check)]
struct Mail {
    /// How long a mail takes.
    #[setting(default = "5s", accepts = "1ms"..="1h")]
    timeout: Duration,
    /// How long the server may be silent.
    #[setting(env = "OTEL_MAIL_SILENCE", accepts = "1ms"..)]
    silence: Option<Duration>,
    /// What opens the server.
    #[setting(secret, check = Mail::check_token)]
    token: Option<String>,
    /// The queue.
    #[setting(group)]
    queue: Queue,
    /// Whom to answer, by list.
    lists: std::collections::BTreeMap<String, String>,
}

impl Mail {
    fn check(&self) -> Result<(), SettingsError> {
        if self.silence.is_none_or(|silence| silence <= self.timeout) {
            return Ok(());
        }
        Err(SettingsError::value("mail.silence", "longer", "at most mail.timeout"))
    }

    fn check_token(token: &String) -> Result<(), String> {
        if token.contains(' ') { Err("a text without spaces".to_owned()) } else { Ok(()) }
    }
}

fn builder(vars: &[(&str, &str)]) -> TelemetryBuilder {
    Telemetry::builder("shop").from_vars(vars.iter().copied()).disable_all()
}

trait DisableAll {
    fn disable_all(self) -> Self;
}

impl DisableAll for TelemetryBuilder {
    /// Starts nothing: what is told of settings does not depend on it.
    fn disable_all(self) -> Self {
        self.meter_only().disable_signal(telemetry_core::Signal::Metrics)
    }
}

fn mail(builder: TelemetryBuilder) -> Result<Mail, InitError> {
    builder.build().map(|telemetry| telemetry.meter().settings_of())
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    write!(file, "{text}").expect("written");
    file
}

#[test]
fn the_builder_outranks_the_environment_and_that_the_file() {
    let file =
        file("mail: {timeout: 1s, silence: 1ms, queue: {capacity: 3, overload: refuse}, lists: {a: file, b: file}}");
    let path = file.path().to_str().expect("a path of text");
    let vars = [
        ("TELEMETRY_CONFIG_FILE", path),
        ("TELEMETRY_MAIL_TIMEOUT", "2s"),
        ("OTEL_MAIL_SILENCE", "20"),
        ("TELEMETRY_MAIL_LISTS", "a=environment"),
    ];
    let mail = mail(builder(&vars).domain(|mail: &mut Mail| mail.timeout = Duration::from_secs(3))).expect("sound");
    assert_eq!(mail.timeout, Duration::from_secs(3), "the builder's");
    assert_eq!(mail.silence, Some(Duration::from_millis(20)), "the environment's, in milliseconds");
    assert_eq!(mail.queue, Queue { capacity: 3, overload: Overload::Refuse }, "the file's");
    assert_eq!(mail.lists["a"], "environment");
    assert_eq!(mail.lists["b"], "file", "maps of several sources are joined");
}

#[test]
fn the_order_of_registering_and_reading_does_not_matter() {
    let vars = [("TELEMETRY_MAIL_TIMEOUT", "2s")];
    let before = Telemetry::builder("shop").domain(|_: &mut Mail| {}).from_vars(vars).disable_all();
    let after = Telemetry::builder("shop").from_vars(vars).domain(|_: &mut Mail| {}).disable_all();
    for builder in [before, after] {
        assert_eq!(mail(builder).expect("sound").timeout, Duration::from_secs(2));
    }
}

#[test]
fn a_group_is_registered_once_and_edited_in_order() {
    let builder = builder(&[]).domain(|_: &mut Mail| {}).domain(|mail: &mut Mail| mail.queue.capacity = 1);
    let mail = mail(builder.domain(|mail: &mut Mail| mail.queue.capacity += 1)).expect("sound");
    assert_eq!(mail.queue.capacity, 2);
}

#[test]
fn what_is_wrong_is_named_where_it_stands() {
    let file = file("mail: {silence: 10s}");
    let path = file.path().to_str().expect("a path of text");
    type Edit = fn(&mut Mail);
    let nothing: Edit = |_| {};
    let cases: &[(&[(&str, &str)], Edit, &str)] = &[
        (
            &[("TELEMETRY_MAIL_TIMEOUT", "0s")],
            nothing,
            "TELEMETRY_MAIL_TIMEOUT: \"0s\" is not accepted; accepted is a duration from 1 ms to 1 h",
        ),
        (
            &[("TELEMETRY_MAIL_TIMEOUT", "5")],
            nothing,
            "TELEMETRY_MAIL_TIMEOUT: \"5\" is not accepted; accepted is a duration with its unit",
        ),
        (
            &[("OTEL_MAIL_SILENCE", "5s")],
            nothing,
            "OTEL_MAIL_SILENCE: \"5s\" is not accepted; accepted is a whole number of milliseconds",
        ),
        (
            &[("TELEMETRY_MAIL_QUEUE_CAPACITY", "many")],
            nothing,
            "TELEMETRY_MAIL_QUEUE_CAPACITY: \"many\" is not accepted; accepted is a number from 1 to 10000",
        ),
        (&[("TELEMETRY_MAIL_QUEUE_OVERLOAD", "drop")], nothing, "accepted is wait or refuse"),
        (
            &[("TELEMETRY_MAIL_TOKEN", "hunter 2")],
            nothing,
            "TELEMETRY_MAIL_TOKEN: [redacted] is not accepted; accepted is a text without spaces",
        ),
        (&[("TELEMETRY_MAIL_TIMEUOT", "1s")], nothing, "TELEMETRY_MAIL_TIMEUOT: there is no such setting"),
        (
            &[("OTEL_MAIL_SILENCE", "10000")],
            nothing,
            "OTEL_MAIL_SILENCE: longer is not accepted; accepted is at most mail.timeout",
        ),
        (&[("TELEMETRY_CONFIG_FILE", path)], nothing, "mail.silence in "),
        (&[("OTEL_MAIL_SILENCE", "1")], |mail| mail.silence = Some(Duration::MAX), "builder `mail.silence`: longer"),
        (
            &[],
            |mail| mail.queue.capacity = 0,
            "builder `mail.queue.capacity`: 0 is not accepted; accepted is a number from 1 to 10000",
        ),
        (
            &[("TELEMETRY_MAIL_QUEUE_CAPACITY", "0")],
            |mail| mail.queue.capacity = 7,
            "TELEMETRY_MAIL_QUEUE_CAPACITY: \"0\" is not accepted",
        ),
    ];
    for (vars, edit, expected) in cases {
        let error = mail(builder(vars).domain(*edit)).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error:?} should say {expected:?}");
        assert!(!error.contains("hunter"), "{error}");
    }
}

#[test]
fn a_group_that_nobody_registered_is_unknown() {
    let error = builder(&[("TELEMETRY_MAIL_TIMEOUT", "1s")]).build().expect_err("nobody knows mails").to_string();
    assert!(error.contains("those of a domain are known once the builder's `domain` has it"), "{error}");
    assert_eq!(Meter::noop().settings_of::<Mail>(), Mail::default());
}

#[test]
fn blank_is_unset() {
    let vars = [("TELEMETRY_MAIL_TIMEOUT", " \t"), ("OTEL_MAIL_SILENCE", "")];
    assert_eq!(mail(builder(&vars).domain(|_: &mut Mail| {})).expect("sound"), Mail::default());
}

#[test]
fn telemetry_that_is_off_and_meters_of_ones_own_carry_them_too() {
    let vars = [("TELEMETRY_MAIL_TIMEOUT", "2s")];
    let off = Telemetry::builder("shop").from_vars(vars).domain(|_: &mut Mail| {}).disabled(true);
    assert_eq!(mail(off).expect("sound").timeout, Duration::from_secs(2));

    let mut settings = MeterSettings::default();
    settings.domains.insert(Mail { timeout: Duration::from_secs(4), ..Mail::default() });
    let provider = opentelemetry_sdk::metrics::SdkMeterProvider::default();
    let meter = Meter::with_provider(provider.clone(), settings.clone()).expect("sound");
    assert_eq!(meter.settings_of::<Mail>().timeout, Duration::from_secs(4));

    settings.domains.insert(Mail { timeout: Duration::ZERO, ..Mail::default() });
    let error = Meter::with_provider(provider, settings).expect_err("a domain's settings are checked too");
    assert_eq!(error.setting(), "mail.timeout");
}

#[test]
fn an_error_debugs_as_its_message() {
    let error = Mail { timeout: Duration::ZERO, ..Mail::default() }.validate().expect_err("too short");
    assert_eq!(format!("{error:?}"), error.to_string());
    let error = InitError::from(error);
    assert_eq!(format!("{error:?}"), "mail.timeout: 0 s is not accepted; accepted is a duration from 1 ms to 1 h");
}

#[test]
fn a_global_is_made_once() {
    static GLOBAL: Global<String> = Global::new();
    assert_eq!(GLOBAL.get(|_| "first".to_owned()), "first");
    assert_eq!(GLOBAL.get(|_| "second".to_owned()), "first");
}
