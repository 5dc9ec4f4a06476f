//! Settings, from builder, environment and file, and what is refused.

use std::fs;
use std::io::Write as _;
use std::time::Duration;

use telemetry_core::{InitError, Meter, MeterSettings, SettingsError, SettingsGroup as _, Signal, Telemetry};
use telemetry_llm::{
    Llm, LlmError, LlmSettings, ModelPrice, ModelPrices, Overload, PriceContext, PriceSettings, Prices, QueueSettings,
    Unpriced, Usage,
};
use telemetry_testkit::{TestTelemetry, eventually};

use crate::fixture::{price, prices};
use crate::prices::write_table;

fn settings(
    vars: &[(&str, &str)],
    edit: impl FnOnce(&mut LlmSettings) + Send + 'static,
) -> Result<LlmSettings, InitError> {
    // Starts nothing: what is told of settings does not depend on it.
    let builder = Telemetry::builder("shop").meter_only().disable_signal(Signal::Metrics);
    builder
        .from_vars(vars.iter().copied())
        .domain::<LlmSettings>(edit)
        .build()
        .map(|telemetry| telemetry.meter().settings_of())
}

#[test]
fn every_knob_is_reached_from_builder_environment_and_file() {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    let text = "llm:
  semconv: true
  deployments: {east: gpt-4o, west: from-file}
  prices:
    reload_every: 5s
    overrides: {m: {input: 1.5, output: 2, cached_input: 0.5, request: 0.01}, n: {input: 1, output: 1}}
  queue: {capacity: 7, overload: refuse, batch: 3, linger: 2s}
";
    file.write_all(text.as_bytes()).expect("written");
    let path = file.path().to_str().expect("a path of text");
    let vars = [
        ("TELEMETRY_CONFIG_FILE", path),
        ("TELEMETRY_LLM_DEPLOYMENTS", "west=o3"),
        ("TELEMETRY_LLM_HOSTS", "llm.example.com=openai,llm.example.com:8443=anthropic"),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "n=2,3,,4;local/x=0,0;"),
        ("TELEMETRY_LLM_QUEUE_BATCH", "2"),
        ("TELEMETRY_LLM_QUEUE_STORE_TIMEOUT", "3s"),
        ("TELEMETRY_LLM_QUEUE_DRAIN_ON_DROP", "0s"),
    ];
    let llm = settings(&vars, |llm| llm.queue.longest_backoff = Duration::from_secs(4)).expect("sound");
    assert_eq!(llm.semconv, Some(true));
    assert_eq!((&*llm.deployments["east"], &*llm.deployments["west"]), ("gpt-4o", "o3"));
    assert_eq!(llm.hosts["llm.example.com:8443"], "anthropic");
    assert_eq!((llm.prices.file, llm.prices.reload_every), (None, Duration::from_secs(5)));
    let of_file = ModelPrice { cached_input: Some(0.5), request: 0.01, ..price(1.5, 2.0) };
    let of_environment = ModelPrice { cache_creation: Some(4.0), ..price(2.0, 3.0) };
    let expected = [("local/x", price(0.0, 0.0)), ("m", of_file), ("n", of_environment)];
    assert_eq!(llm.prices.overrides, ModelPrices::from_iter(expected));
    let expected = QueueSettings {
        capacity: 7,
        overload: Overload::Refuse,
        batch: 2,
        linger: Duration::from_secs(2),
        store_timeout: Duration::from_secs(3),
        longest_backoff: Duration::from_secs(4),
        drain_on_drop: Duration::ZERO,
        ..QueueSettings::default()
    };
    assert_eq!(llm.queue, expected);
}

#[test]
fn what_is_wrong_is_named_where_it_stands() {
    let overrides = "accepted is model=input,output,cached_input,cache_creation,request;";
    let cases = [
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "m", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "m=1", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "m=1,2,3,4,5,6", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "=1,2", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "m=1,2;m=3,4", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "m=-1,2", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "m=1,NaN", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "m=1,2,inf", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "m=1e308,2", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", "m=1,1000000.5", overrides),
        ("TELEMETRY_LLM_PRICES_OVERRIDES", ";", overrides),
        ("TELEMETRY_LLM_PRICES_RELOAD_EVERY", "1ms", "accepted is a duration from 10 ms to 24 h"),
        ("TELEMETRY_LLM_PRICES_FILE", "/nowhere/prices.json", "/nowhere/prices.json: "),
        ("TELEMETRY_LLM_QUEUE_CAPACITY", "99", ""),
        ("TELEMETRY_LLM_QUEUE_BATCH", "10001", "accepted is at most llm.queue.capacity, which is 10000"),
        ("TELEMETRY_LLM_QUEUE_FIRST_BACKOFF", "1h", "accepted is at most llm.queue.longest_backoff, which is 30 s"),
        ("TELEMETRY_LLM_QUEUE_OVERLOAD", "drop", "accepted is wait or refuse"),
    ];
    for (variable, value, expected) in cases {
        let error = settings(&[(variable, value)], |_| {}).err().map(|error| error.to_string());
        // Less room than a batch takes is told of the batch, which nobody set.
        let place = if variable.ends_with("CAPACITY") { "TELEMETRY_LLM_QUEUE_BATCH" } else { variable };
        let error = error.unwrap_or_else(|| panic!("{variable}={value} is accepted"));
        assert!(error.contains(place) && error.contains(expected), "{variable}={value}: {error}");
    }
    let edits: [fn(&mut ModelPrice); 8] = [
        |price| price.input = -1.0,
        |price| price.input = 1e308,
        |price| price.output = ModelPrice::MOST_USD * 1.01,
        |price| price.request = 1e12,
        |price| price.output = f64::NAN,
        |price| price.cached_input = Some(f64::INFINITY),
        |price| price.cache_creation = Some(-0.1),
        |price| price.request = -0.01,
    ];
    for edit in edits {
        let mut wrong = price(1.0, 1.0);
        edit(&mut wrong);
        let error = Prices::new(&prices(&[("m", wrong)])).expect_err("that is no price");
        assert!(error.to_string().starts_with("llm.prices.overrides: "), "{error}");
    }
}

#[test]
fn what_is_written_is_read_again() {
    let prices = [
        ("a", price(1.0, 2.0)),
        ("b", ModelPrice { request: 0.5, ..price(0.0, 0.25) }),
        ("c/d:free", ModelPrice { cached_input: Some(0.0), ..price(3.0, 4.0) }),
        ("e", ModelPrice { cache_creation: Some(1e-7), ..price(3.0, 4.0) }),
    ];
    let shown = LlmSettings { prices: crate::fixture::prices(&prices), ..LlmSettings::default() };
    let text = telemetry_core::setting::SettingValue::write(&shown.prices.overrides);
    assert_eq!(text, "a=1,2;b=0,0.25,,,0.5;c/d:free=3,4,0;e=3,4,,0.0000001");
    let vars = [("TELEMETRY_LLM_PRICES_OVERRIDES", text.as_str())];
    assert_eq!(settings(&vars, |_| {}).expect("sound"), shown);
}

#[test]
fn an_entry_refuses_what_the_builder_would() {
    let refused = |settings: LlmSettings| {
        let error = Llm::with_settings(&Meter::noop(), settings).expect_err("that is not accepted");
        let LlmError::Setting(error) = error else { panic!("{error}") };
        error
    };
    let file = PriceSettings { file: Some("/nowhere/prices.json".into()), ..PriceSettings::default() };
    let error = refused(LlmSettings { prices: file, ..LlmSettings::default() });
    assert!(matches!(error, SettingsError::File { .. }), "{error}");
    assert_eq!(error.setting(), "llm.prices.file");
    let queue = QueueSettings { batch: 0, ..QueueSettings::default() };
    assert_eq!(refused(LlmSettings { queue, ..LlmSettings::default() }).setting(), "llm.queue.batch");

    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("prices.json");
    fs::write(&path, "{}").expect("the directory is there");
    let settings = PriceSettings { file: Some(path.clone()), ..PriceSettings::default() };
    assert!(matches!(Prices::new(&settings), Err(LlmError::Setting(SettingsError::File { .. }))));

    // A table that prices nothing, and prices that cannot be.
    let table = |models: &str| format!(r#"[{{"id":"acme","name":"Acme","api_pattern":"a","models":[{models}]}}]"#);
    let model = |prices: &str| table(&format!(r#"{{"id":"rocket","match":{{"equals":"rocket"}},"prices":{prices}}}"#));
    for (content, reason) in [
        ("[]".to_owned(), "no model"),
        (table(""), "no model"),
        (model(r#"{"input_mtok":1e308,"output_mtok":1}"#), "at most 1000000"),
        (model(r#"{"input_mtok":1,"output_mtok":{"base":1,"tiers":[{"start":9000000,"price":2000000}]}}"#), "2000000"),
        (model(r#"{"input_mtok":-1,"output_mtok":1}"#), "non-negative"),
    ] {
        fs::write(&path, &content).expect("the directory is there");
        let error = Prices::new(&settings).expect_err(&content).to_string();
        assert!(error.starts_with("llm.prices.file: ") && error.contains(reason), "{error}");
    }
    // Where a step begins is no price, and a dear model is one.
    fs::write(&path, model(r#"{"input_mtok":600,"output_mtok":{"base":1,"tiers":[{"start":9000000,"price":2}]}}"#))
        .expect("the directory is there");
    assert!(Prices::new(&settings).is_ok());
}

#[test]
fn a_file_that_is_no_table_any_more_makes_room_for_the_bundled_one_until_it_is() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("prices.json");
    write_table(&path, 1.0);
    let own = PriceSettings {
        file: Some(path.clone()),
        reload_every: Duration::from_millis(10),
        ..prices(&[("own", price(7.0, 7.0))])
    };
    let mut meter = MeterSettings::default();
    meter.domains.insert(LlmSettings { prices: own, ..LlmSettings::default() });
    assert!(meter.domains.of::<LlmSettings>().validate().is_ok());
    let telemetry = TestTelemetry::builder().meter_settings(meter).entered();

    fs::write(&path, "[{").expect("the directory is there");
    let llm = Llm::new(telemetry.meter());
    let million = Usage::new(1_000_000, 0);
    let cost = |provider: &str, model: &str| llm.prices().cost(provider, model, &million, &PriceContext::default());
    assert!(cost("openai", "gpt-4o").is_ok(), "the bundled table has it");
    assert_eq!((cost("acme", "rocket-9"), cost("acme", "own")), (Err(Unpriced::Model), Ok(7.0)));
    let log = telemetry.log("prices of models are the bundled ones");
    log.assert_severity("WARN");
    log.assert_attribute("path", &path.display().to_string());

    write_table(&path, 2.5);
    eventually("the file's table", || cost("acme", "rocket-9") == Ok(2.5)).wait();
    assert_eq!(telemetry.logs().containing("prices of models are the bundled ones").len(), 1, "it is said once");
}
