//! Groups of settings that domain crates declare: where they are read, in which order, and how they are refused.

use std::io::Write as _;
use std::time::Duration;

use telemetry_core::{
    Choice, Global, InitError, Meter, MeterSettings, Settings, SettingsError, SettingsGroup, Telemetry,
    TelemetryBuilder,
};

/// Where uploads wait.
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

/// What holds for all uploads.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "s3", env = "TELEMETRY_S3", check = Uploads::check)]
struct Uploads {
    /// How long an upload takes.
    #[setting(default = "5s", accepts = "1ms"..="1h")]
    timeout: Duration,
    /// How long the server may be silent.
    #[setting(env = "OTEL_S3_SILENCE", accepts = "1ms"..)]
    silence: Option<Duration>,
    /// What opens the server.
    #[setting(secret, check = Uploads::check_token)]
    token: Option<String>,
    /// The queue.
    #[setting(group)]
    queue: Queue,
    /// Whom to answer, by list.
    lists: std::collections::BTreeMap<String, String>,
}

impl Uploads {
    fn check(&self) -> Result<(), SettingsError> {
        if self.silence.is_none_or(|silence| silence <= self.timeout) {
            return Ok(());
        }
        Err(SettingsError::value("s3.silence", "longer", "at most s3.timeout"))
    }

    #[expect(clippy::ptr_arg, reason = "the derive hands on a reference of the field's own type")]
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

fn uploads(builder: TelemetryBuilder) -> Result<Uploads, InitError> {
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
        file("s3: {timeout: 1s, silence: 1ms, queue: {capacity: 3, overload: refuse}, lists: {a: file, b: file}}");
    let path = file.path().to_str().expect("a path of text");
    let vars = [
        ("TELEMETRY_CONFIG_FILE", path),
        ("TELEMETRY_S3_TIMEOUT", "2s"),
        ("OTEL_S3_SILENCE", "20"),
        ("TELEMETRY_S3_LISTS", "a=environment"),
    ];
    let uploads = uploads(builder(&vars).domain(|uploads: &mut Uploads| uploads.timeout = Duration::from_secs(3)))
        .expect("sound");
    assert_eq!(uploads.timeout, Duration::from_secs(3), "the builder's");
    assert_eq!(uploads.silence, Some(Duration::from_millis(20)), "the environment's, in milliseconds");
    assert_eq!(uploads.queue, Queue { capacity: 3, overload: Overload::Refuse }, "the file's");
    assert_eq!(uploads.lists["a"], "environment");
    assert_eq!(uploads.lists["b"], "file", "maps of several sources are joined");
}

#[test]
fn the_order_of_registering_and_reading_does_not_matter() {
    let vars = [("TELEMETRY_S3_TIMEOUT", "2s")];
    let before = Telemetry::builder("shop").domain(|_: &mut Uploads| {}).from_vars(vars).disable_all();
    let after = Telemetry::builder("shop").from_vars(vars).domain(|_: &mut Uploads| {}).disable_all();
    for builder in [before, after] {
        assert_eq!(uploads(builder).expect("sound").timeout, Duration::from_secs(2));
    }
}

#[test]
fn a_group_is_registered_once_and_edited_in_order() {
    let builder = builder(&[]).domain(|_: &mut Uploads| {}).domain(|uploads: &mut Uploads| uploads.queue.capacity = 1);
    let uploads = uploads(builder.domain(|uploads: &mut Uploads| uploads.queue.capacity += 1)).expect("sound");
    assert_eq!(uploads.queue.capacity, 2);
}

#[test]
fn what_is_wrong_is_named_where_it_stands() {
    let file = file("s3: {silence: 10s}");
    let path = file.path().to_str().expect("a path of text");
    type Edit = fn(&mut Uploads);
    type Case<'a> = (&'a [(&'a str, &'a str)], Edit, &'a str);
    let nothing: Edit = |_| {};
    let cases: &[Case<'_>] = &[
        (
            &[("TELEMETRY_S3_TIMEOUT", "0s")],
            nothing,
            "TELEMETRY_S3_TIMEOUT: \"0s\" is not accepted; accepted is a duration from 1 ms to 1 h",
        ),
        (
            &[("TELEMETRY_S3_TIMEOUT", "5")],
            nothing,
            "TELEMETRY_S3_TIMEOUT: \"5\" is not accepted; accepted is a duration with its unit",
        ),
        (
            &[("OTEL_S3_SILENCE", "5s")],
            nothing,
            "OTEL_S3_SILENCE: \"5s\" is not accepted; accepted is a whole number of milliseconds",
        ),
        (
            &[("TELEMETRY_S3_QUEUE_CAPACITY", "many")],
            nothing,
            "TELEMETRY_S3_QUEUE_CAPACITY: \"many\" is not accepted; accepted is a whole number from 1 to 10000",
        ),
        (&[("TELEMETRY_S3_QUEUE_OVERLOAD", "drop")], nothing, "accepted is wait or refuse"),
        (
            &[("TELEMETRY_S3_TOKEN", "hunter 2")],
            nothing,
            "TELEMETRY_S3_TOKEN: [redacted] is not accepted; accepted is a text without spaces",
        ),
        (&[("TELEMETRY_S3_TIMEUOT", "1s")], nothing, "TELEMETRY_S3_TIMEUOT: there is no such setting"),
        (
            &[("OTEL_S3_SILENCE", "10000")],
            nothing,
            "OTEL_S3_SILENCE: longer is not accepted; accepted is at most s3.timeout",
        ),
        (&[("TELEMETRY_CONFIG_FILE", path)], nothing, "s3.silence in "),
        (&[("OTEL_S3_SILENCE", "1")], |uploads| uploads.silence = Some(Duration::MAX), "builder `s3.silence`: longer"),
        (
            &[],
            |uploads| uploads.queue.capacity = 0,
            "builder `s3.queue.capacity`: 0 is not accepted; accepted is a whole number from 1 to 10000",
        ),
        (
            &[("TELEMETRY_S3_QUEUE_CAPACITY", "0")],
            |uploads| uploads.queue.capacity = 7,
            "TELEMETRY_S3_QUEUE_CAPACITY: \"0\" is not accepted",
        ),
    ];
    for (vars, edit, expected) in cases {
        let error = uploads(builder(vars).domain(*edit)).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error:?} should say {expected:?}");
        assert!(!error.contains("hunter"), "{error}");
    }
}

#[test]
fn a_default_that_does_not_go_with_what_was_set_is_named_by_its_variable() {
    /// Pauses between attempts.
    #[derive(Settings, Debug, Clone, PartialEq)]
    #[settings(key = "s3.pause", env = "TELEMETRY_S3_PAUSE", check = is_rising)]
    struct Pauses {
        /// The first.
        #[setting(default = 1, accepts = 1..=100)]
        first: u32,
        /// The last.
        #[setting(default = 10, accepts = 1..=100)]
        last: u32,
    }

    fn is_rising(pauses: &Pauses) -> Result<(), SettingsError> {
        if pauses.first <= pauses.last { Ok(()) } else { Err(SettingsError::value("s3.pause.last", "less", "no less")) }
    }

    let builder = builder(&[("TELEMETRY_S3_PAUSE_FIRST", "50")]).domain(|_: &mut Pauses| {});
    let error = builder.build().expect_err("it falls").to_string();
    assert_eq!(error, "TELEMETRY_S3_PAUSE_LAST: less is not accepted; accepted is no less");
}

#[test]
fn a_group_that_nobody_registered_is_unknown() {
    let error = builder(&[("TELEMETRY_S3_TIMEOUT", "1s")]).build().expect_err("nobody knows uploads").to_string();
    assert!(error.contains("those of a domain are known once the builder's `domain` has it"), "{error}");
    assert_eq!(Meter::noop().settings_of::<Uploads>(), Uploads::default());
}

#[test]
fn blank_is_unset() {
    let vars = [("TELEMETRY_S3_TIMEOUT", " \t"), ("OTEL_S3_SILENCE", "")];
    assert_eq!(uploads(builder(&vars).domain(|_: &mut Uploads| {})).expect("sound"), Uploads::default());
}

#[test]
fn telemetry_that_is_off_and_meters_of_ones_own_carry_them_too() {
    let vars = [("TELEMETRY_S3_TIMEOUT", "2s")];
    let off = Telemetry::builder("shop").from_vars(vars).domain(|_: &mut Uploads| {}).disabled(true);
    assert_eq!(uploads(off).expect("sound").timeout, Duration::from_secs(2));

    let mut settings = MeterSettings::default();
    settings.domains.insert(Uploads { timeout: Duration::from_secs(4), ..Uploads::default() });
    let provider = opentelemetry_sdk::metrics::SdkMeterProvider::default();
    let meter = Meter::with_provider(provider.clone(), settings.clone()).expect("sound");
    assert_eq!(meter.settings_of::<Uploads>().timeout, Duration::from_secs(4));

    settings.domains.insert(Uploads { timeout: Duration::ZERO, ..Uploads::default() });
    let error = Meter::with_provider(provider, settings).expect_err("a domain's settings are checked too");
    assert_eq!(error.setting(), "s3.timeout");
}

#[test]
fn an_error_debugs_as_its_message() {
    let error = Uploads { timeout: Duration::ZERO, ..Uploads::default() }.validate().expect_err("too short");
    assert_eq!(format!("{error:?}"), error.to_string());
    let error = InitError::from(error);
    assert_eq!(format!("{error:?}"), "s3.timeout: 0 s is not accepted; accepted is a duration from 1 ms to 1 h");
}

#[test]
fn a_global_is_made_once() {
    static GLOBAL: Global<String> = Global::new();
    assert_eq!(GLOBAL.get(|_| "first".to_owned()), "first");
    assert_eq!(GLOBAL.get(|_| "second".to_owned()), "first");
}
