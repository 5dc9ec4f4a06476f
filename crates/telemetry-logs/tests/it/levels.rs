//! Which events are taken, and how that changes while the process runs.

use telemetry_core::SettingsGroup as _;
use telemetry_logs::LogSettings;

use crate::fixture::{Log, all};

fn messages(log: &Log) -> Vec<String> {
    log.lines().iter().map(|line| line["message"].as_str().expect("a message").to_owned()).collect()
}

fn say_all(log: &Log) {
    log.run(|| {
        tracing::debug!("debug");
        tracing::info!("info");
        tracing::warn!("warn");
        tracing::debug!(target: "shop::checkout", "checkout");
    });
}

fn with_levels(level: Option<&str>, directives: Option<&str>) -> Log {
    let (level, directives) = (level.map(str::to_owned), directives.map(str::to_owned));
    Log::with(|builder| builder.settings(LogSettings { level, directives, ..all() }))
}

#[test]
fn level_and_directives_say_it_together() {
    for (level, directives, expected) in [
        (None, None, vec!["info", "warn"]),
        (Some("warn"), None, vec!["warn"]),
        (Some("debug"), None, vec!["debug", "info", "warn", "checkout"]),
        (Some("warn"), Some("shop::checkout=debug"), vec!["warn", "checkout"]),
        (None, Some("shop::checkout=debug"), vec!["info", "warn", "checkout"]),
        (Some("debug"), Some("warn,shop=trace"), vec!["warn", "checkout"]),
        (Some("off"), None, vec![]),
    ] {
        let log = with_levels(level, directives);
        say_all(&log);
        assert_eq!(messages(&log), expected, "{level:?} {directives:?}");
    }
}

#[test]
fn a_change_holds_from_then_on() {
    let log = with_levels(None, None);
    log.run(|| {
        for _ in 0..2 {
            tracing::debug!("one place");
            log.logs.levels().set("debug").expect("a level");
        }
        log.logs.levels().set("error").expect("a level");
        tracing::warn!("too little");
        assert!(log.logs.levels().set("loud").is_err());
        tracing::error!("enough");
    });
    assert_eq!(messages(&log), ["one place", "enough"]);
}

#[test]
fn levels_that_are_none_are_refused_by_name() {
    for (settings, setting) in [
        (LogSettings { level: Some("loud".to_owned()), ..LogSettings::default() }, "log.level"),
        (
            LogSettings { directives: Some("shop[request]=debug".to_owned()), ..LogSettings::default() },
            "log.directives",
        ),
        (LogSettings { component: "kitchen".to_owned(), ..LogSettings::default() }, "log.component"),
        (LogSettings { file_name: Some("../x".to_owned()), ..LogSettings::default() }, "log.file_name"),
        (LogSettings { max_file_size: 0, ..LogSettings::default() }, "log.max_file_size"),
    ] {
        let refused = settings.validate().expect_err("it is refused");
        assert_eq!(refused.setting(), setting);
        let refused = telemetry_logs::Logs::builder("shop").settings(settings).start().expect_err("it is refused");
        assert!(refused.to_string().contains("accepted"), "{refused}");
    }
}

#[test]
fn a_file_says_the_levels_until_it_is_gone() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("level");
    std::fs::write(&file, "debug\n").expect("it is written");
    let settings = LogSettings { level: Some("warn".to_owned()), level_file: Some(file.clone()), ..all() };
    let log = Log::with(|builder| builder.settings(settings));
    assert_eq!(log.logs.levels().to_string(), "debug");
    std::fs::write(&file, "info,shop::checkout=trace").expect("it is written");
    log.logs.reload().expect("it says levels");
    assert_eq!(log.logs.levels().to_string(), "shop::checkout=trace,info");
    std::fs::write(&file, "loud").expect("it is written");
    let refused = log.logs.reload().expect_err("it says none");
    assert_eq!(refused.setting(), "log.level_file");
    assert_eq!(log.logs.levels().to_string(), "shop::checkout=trace,info", "it stays as it was");
    std::fs::remove_file(&file).expect("it is removed");
    log.logs.reload().expect("the settings hold");
    assert_eq!(log.logs.levels().to_string(), "warn");
}
