//! What becomes of tools, and of their watchdog, when the application dies: with real deaths, so each test starts this
//! binary again as an application, with the name of its role in a variable.
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "other tests need the rest of it")]
#[path = "../it/processes.rs"]
mod processes;
mod terminal;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpid, getsid, kill_process, kill_process_group};
use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Limits, ToolSettings, Tools};
use telemetry_testkit::{TestTelemetry, eventually};
use tokio::process::Command;
use tokio::time::timeout;

use processes::{assert_gone, assert_reaped, pids, runs, sh};
use terminal::{Terminal, begin_session};

const ROLE: &str = "PARENT_TEST_ROLE";
const FILE: &str = "PARENT_TEST_FILE";
const LONG: Duration = Duration::from_secs(600);

/// A tool with a child, which tell their ids; the second takes no notice of SIGTERM.
const TOOLS: [&str; 2] = [
    "echo $$ >>$1; sleep 1000 & echo $! >>$1; wait; sleep 1000",
    "trap '' TERM; echo $$ >>$1; sleep 1000 & echo $! >>$1; wait; sleep 1000",
];

/// This binary as an application that plays a role.
fn application(role: &str, file: &Path) -> Command {
    let mut command = Command::new(env::current_exe().expect("the test runs"));
    command.args(["plays_its_role", "--exact", "--nocapture"]).env(ROLE, role).env(FILE, file);
    command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    command
}

/// Plays a role to its end; what it asserts shows on stderr.
async fn assert_plays(role: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    let status = application(role, &directory.path().join("pids")).status().await.expect("it starts");
    assert!(status.success(), "{role}: {status}");
}

/// Does nothing unless a test started it in a role.
#[tokio::test]
async fn plays_its_role() {
    let Ok(role) = env::var(ROLE) else { return };
    let file = PathBuf::from(env::var_os(FILE).expect("with a role comes a file"));
    match role.as_str() {
        "runs tools" => run_tools(&file).await,
        "runs what kills it" => run_what_kills_it(&file).await,
        "asks its terminal" => ask_terminal().await,
        "tells where tools stand" => tell_where_tools_stand().await,
        "has no shell" => run_without_a_shell().await,
        "loses its watchdog" => lose_the_watchdog(&file).await,
        "wants no watchdog" => run_without_a_watchdog().await,
        _ => panic!("no such role: {role}"),
    }
}

fn tools_with(telemetry: &TestTelemetry, settings: ToolSettings) -> Tools {
    Tools::with_settings(telemetry.meter(), settings).expect("sound settings")
}

fn process(pid: u32) -> Pid {
    i32::try_from(pid).ok().and_then(Pid::from_raw).expect("an id")
}

/// The children of a process, and of these the watchdog.
fn children(parent: u32) -> (Vec<u32>, Option<u32>) {
    let (mut children, mut watchdog) = (Vec::new(), None);
    for entry in fs::read_dir("/proc").expect("Linux tells its processes").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let is_child = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)) == Some(&parent.to_string());
        if is_child && runs(pid) {
            children.push(pid);
            let command = fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
            watchdog = if command.contains("# Ends the tools") { Some(pid) } else { watchdog };
        }
    }
    (children, watchdog)
}

async fn run_tools(file: &Path) {
    let telemetry = TestTelemetry::entered();
    let limits = Limits { grace: Duration::from_millis(300), ..Limits::default() };
    let tools = tools_with(&telemetry, ToolSettings { limits, ..ToolSettings::default() });
    let all = TOOLS.map(|script| tools.start("tool").execute(sh(script, &[file]), (), LONG));
    let [first, second] = all;
    let _ = tokio::join!(first, second);
}

#[tokio::test]
async fn no_tool_outlives_an_application_however_that_dies() {
    type Death = fn(&mut Option<Terminal>, u32);
    let deaths: [(&str, Death); 6] = [
        ("Ctrl-C", |terminal, _| terminal.as_mut().expect("it has one").write(b"\x03")),
        ("Ctrl-\\", |terminal, _| terminal.as_mut().expect("it has one").write(b"\x1c")),
        ("the terminal is closed", |terminal, _| *terminal = None),
        ("SIGTERM", |_, pid| kill_process(process(pid), Signal::TERM).expect("it runs")),
        ("SIGKILL", |_, pid| kill_process(process(pid), Signal::KILL).expect("it runs")),
        ("SIGKILL to its group", |_, pid| kill_process_group(process(pid), Signal::KILL).expect("it runs")),
    ];
    for (name, die) in deaths {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("pids");
        let mut terminal = Some(Terminal::open());
        let mut child = terminal.as_ref().expect("it was opened").run(application("runs tools", &file));
        let application = child.id().expect("it runs");
        let tools = pids(&file, 4).await;
        let (others, watchdog) = children(application);
        assert!(watchdog.is_some_and(|watchdog| !tools.contains(&watchdog)), "{name}: {others:?}, {watchdog:?}");

        die(&mut terminal, application);
        // Below `nohup`, nobody dies of a terminal that is closed.
        let status = timeout(Duration::from_secs(60), child.wait()).await;
        let status = status.unwrap_or_else(|_| panic!("it outlives this: {name}")).expect("it was started");
        assert!(!status.success(), "{name}: {status}");
        assert_gone(&tools).await;
        assert_gone(&others).await;
    }
}

#[tokio::test]
async fn a_tool_whose_application_dies_as_it_starts_is_ended_too() {
    let directory = tempfile::tempdir().expect("a directory");
    for round in 0..5 {
        let file = directory.path().join(round.to_string());
        let status = application("runs what kills it", &file).status().await.expect("it starts");
        assert!(!status.success(), "{status}");
        assert_gone(&pids(&file, 1).await).await;
    }
}

/// The application is dead before it can have told anybody the number of its tool, most of the times.
async fn run_what_kills_it(file: &Path) {
    let telemetry = TestTelemetry::entered();
    let tools = Tools::new(telemetry.meter());
    // The watchdog is awake by then.
    tools.start("tool").execute(sh("true", &[]), (), LONG).await.expect("it runs");
    let script = "trap '' TERM; echo $$ >>$1; kill -KILL $PPID; while :; do sleep 1000; done";
    let _ = tools.start("tool").execute(sh(script, &[file]), (), LONG).await;
}

#[tokio::test]
async fn nothing_holds_the_output_of_a_killed_application_open() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("pids");
    let mut command = application("runs tools", &file);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let tools = pids(&file, 4).await;
    kill_process(process(child.id().expect("it runs")), Signal::KILL).expect("it runs");
    // Comes to an end once nobody can write any more.
    timeout(Duration::from_secs(20), child.wait_with_output())
        .await
        .expect("somebody holds it open")
        .expect("it can be read");
    assert_gone(&tools).await;
}

#[tokio::test]
async fn a_tool_that_asks_the_terminal_fails_at_once_and_stops_where_it_keeps_it() {
    let terminal = Terminal::open();
    let mut child = terminal.run(application("asks its terminal", Path::new("none")));
    let status = child.wait().await.expect("it was started");
    assert!(status.success(), "{status}");
}

async fn ask_terminal() {
    assert!(fs::File::open("/dev/tty").is_ok(), "the application has a terminal");
    let telemetry = TestTelemetry::entered();
    let tools = Tools::new(telemetry.meter());
    let ask = || sh("stty -echo </dev/tty && echo password: >/dev/tty && read -r word </dev/tty", &[]);

    let started = Instant::now();
    let error = tools.start("asks").execute(ask(), (), LONG).await.expect_err("there is no terminal");
    assert_eq!(error.kind(), ErrorKind::Wait, "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(20), "it took {:?}", started.elapsed());

    let keeps = tools.run("keeps").keep_terminal(true).start();
    let error = keeps.execute(ask(), (), Duration::from_millis(500)).await.expect_err("it is stopped");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
}

#[tokio::test]
async fn a_tool_leads_a_session_where_there_is_a_terminal_to_be_kept_from_it() {
    let role = || application("tells where tools stand", Path::new("none"));
    let terminal = Terminal::open();
    let mut on_a_terminal = terminal.run(role());
    let status = on_a_terminal.wait().await.expect("it was started");
    assert!(status.success(), "on a terminal: {status}");
    let mut alone = role();
    begin_session(&mut alone);
    let status = alone.status().await.expect("it starts");
    assert!(status.success(), "alone: {status}");
}

async fn tell_where_tools_stand() {
    let has_terminal = fs::File::open("/dev/tty").is_ok();
    let telemetry = TestTelemetry::entered();
    let default = Tools::new(telemetry.meter());
    let keeping = tools_with(&telemetry, ToolSettings { keep_terminal: true, ..ToolSettings::default() });
    // A shell says its id, and by the system's word its group and its session.
    let tell = || sh("read -r stat </proc/$$/stat; set -- ${stat##*) }; echo $$ $3 $4", &[]);
    let mut leads_a_group = tell();
    leads_a_group.process_group(0);
    for (name, run, command, apart) in [
        ("the default", default.run("tool"), tell(), true),
        ("a command with a group", default.run("tool"), leads_a_group, true),
        ("the run over the default", default.run("tool").keep_terminal(true), tell(), false),
        ("the setting", keeping.run("tool"), tell(), false),
        ("the run over the setting", keeping.run("tool").keep_terminal(false), tell(), true),
    ] {
        let output = run.start().execute(command, (), LONG).await.expect("it ends well");
        let said = String::from_utf8_lossy(output.stdout()).into_owned();
        let numbers: Vec<i32> = said.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        let ours = getsid(Some(getpid())).expect("this process has one").as_raw_nonzero().get();
        let session = if has_terminal && apart { numbers[0] } else { ours };
        assert_eq!(numbers, [numbers[0], numbers[0], session], "{name}, terminal: {has_terminal}");
    }
}

#[tokio::test]
async fn a_missing_shell_is_said_once_and_fails_no_run() {
    assert_plays("has no shell").await;
}

async fn run_without_a_shell() {
    let telemetry = TestTelemetry::entered();
    let settings = ToolSettings { watchdog_shell: "/nowhere/sh".into(), ..ToolSettings::default() };
    let tools = tools_with(&telemetry, settings);
    for _ in 0..3 {
        tools.start("tool").execute(sh("true", &[]), (), LONG).await.expect("it runs all the same");
    }
    let logs = telemetry.logs();
    let said: Vec<_> = logs.iter().filter(|log| log.to_string().contains("without a watchdog")).collect();
    assert_eq!(said.len(), 1, "{logs}");
    assert!(said[0].to_string().contains("/nowhere/sh"), "{logs}");
}

#[tokio::test]
async fn a_watchdog_that_was_killed_is_replaced_and_leaves_no_zombie() {
    assert_plays("loses its watchdog").await;
}

async fn lose_the_watchdog(file: &Path) {
    let telemetry = TestTelemetry::entered();
    let tools = Tools::new(telemetry.meter());
    let ours = std::process::id();
    // It lives longer than one that is not worth another try.
    tools.start("tool").execute(sh("sleep 1.1", &[]), (), LONG).await.expect("it runs");
    let first = children(ours).1.expect("it watches");
    kill_process(process(first), Signal::KILL).expect("it runs");
    assert_reaped(first).await;

    let run = tools.start("tool").execute(sh(TOOLS[0], &[file]), (), LONG);
    tokio::select! {
        result = run => panic!("it ended by itself: {result:?}"),
        _ = pids(file, 2) => {}
    }
    assert!(children(ours).1.is_some_and(|second| second != first), "{:?}", children(ours));
}

#[tokio::test]
async fn no_watchdog_starts_where_none_is_wanted() {
    assert_plays("wants no watchdog").await;
}

async fn run_without_a_watchdog() {
    let telemetry = TestTelemetry::entered();
    let tools = tools_with(&telemetry, ToolSettings { watchdog: false, ..ToolSettings::default() });
    tools.start("tool").execute(sh("true", &[]), (), LONG).await.expect("it runs");
    assert_eq!(children(std::process::id()), (Vec::new(), None));
    let watched = Tools::new(telemetry.meter());
    watched.start("tool").execute(sh("true", &[]), (), LONG).await.expect("it runs");
    eventually("another's does", || children(std::process::id()).1.is_some()).await;
}
