//! The environment of a real process.

use std::process::Command;

use telemetry_core::settings::Settings;

/// Runs the test below in a process of its own, since a process's own environment cannot be changed soundly.
fn child(vars: &[(&str, &str)]) -> String {
    let test = std::env::current_exe().expect("a test knows its own binary");
    let mut command = Command::new(test);
    command.args(["--exact", "settings::environment::prints_the_environment", "--ignored", "--nocapture"]);
    let output = command.envs(vars.iter().copied()).output().expect("the binary runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("the test prints text")
}

#[test]
#[ignore = "it is the child of the next test"]
fn prints_the_environment() {
    match Settings::from_env() {
        Ok(settings) => println!("<{}>", settings.resource.service_name.unwrap_or_default()),
        Err(error) => println!("<{}>", error.setting()),
    }
}

#[test]
fn the_process_environment_is_read() {
    let nonsense = format!("TELEMETRY_{}", "NONSENSE");
    assert!(child(&[("OTEL_SERVICE_NAME", "shop")]).contains("<shop>"));
    assert!(child(&[("OTEL_TRACES_SAMPLER", "sometimes")]).contains("<OTEL_TRACES_SAMPLER>"));
    assert!(child(&[(&nonsense, "1")]).contains(&format!("<{nonsense}>")));
}

#[cfg(unix)]
#[test]
fn a_value_that_is_no_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let test = std::env::current_exe().expect("a test knows its own binary");
    let output = Command::new(test)
        .args(["--exact", "settings::environment::prints_the_environment", "--ignored", "--nocapture"])
        .env("OTEL_SERVICE_NAME", OsStr::from_bytes(b"\xff"))
        .output()
        .expect("the binary runs");
    assert!(String::from_utf8_lossy(&output.stdout).contains("<OTEL_SERVICE_NAME>"), "{output:?}");
}
