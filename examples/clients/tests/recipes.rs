//! Each recipe, run: it ends with an error where something else is counted than it says.

use std::process::Command;

/// Runs a recipe to its end.
fn run(program: &str) {
    // A proxy of this machine's has no way to a port on its loopback.
    let output = Command::new(program).env("NO_PROXY", "127.0.0.1").output().expect("it starts");
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program}: {}\n{said}\n{error}", output.status);
    assert!(said.contains(" USD\n"), "{program} says what was counted: {said}");
}

#[test]
fn async_openai() {
    run(env!("CARGO_BIN_EXE_async_openai"));
}

#[test]
fn rig() {
    run(env!("CARGO_BIN_EXE_rig"));
}

#[test]
fn genai() {
    run(env!("CARGO_BIN_EXE_genai"));
}

#[test]
fn reqwest() {
    run(env!("CARGO_BIN_EXE_reqwest"));
}

#[test]
fn anthropic_client() {
    run(env!("CARGO_BIN_EXE_anthropic_client"));
}
