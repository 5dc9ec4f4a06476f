//! Zombies that tools leave to this process, which is their sub-reaper, in a program of its own: it stays one.
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "other tests need the rest of it")]
#[path = "it/processes.rs"]
mod processes;

use std::fs;
use std::path::Path;
use std::process;
use std::time::Duration;

use rustix::process::{getpid, set_child_subreaper};
use telemetry_core::Meter;
use telemetry_runtime::{Exit, ToolSettings, Tools};
use telemetry_testkit::eventually;

use processes::{pids, sh};

const LONG: Duration = Duration::from_secs(60);

/// The zombies among the children of this process.
fn zombies() -> Vec<u32> {
    let ours = process::id().to_string();
    let is_zombie = |stat: &str| {
        let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        fields.next() == Some("Z") && fields.next() == Some(&ours)
    };
    let entries = fs::read_dir("/proc").expect("Linux tells its processes").flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str().and_then(|name| name.parse().ok()));
    processes.filter(|pid| fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| is_zombie(&stat))).collect()
}

async fn run(tools: &Tools, script: &str, file: &Path) {
    tools.start("tool").execute(sh(script, &[file]), (), LONG).await.expect("it ends well");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_zombie_of_a_tool_stays_and_no_status_is_stolen() {
    set_child_subreaper(Some(getpid())).expect("Linux can do that");
    let directory = tempfile::tempdir().expect("a directory");
    let tools = Tools::new(&Meter::noop());
    // A child of the application's own, which waits for it at the very end.
    let mut own = process::Command::new("sh").args(["-c", "exit 7"]).spawn().expect("it starts");
    eventually("it has ended", || zombies() == [own.id()]).await;

    let left = directory.path().join("left");
    run(&tools, "(trap '' TERM; sleep 1000) & sleep 1000 & (sleep 1000 & sleep 1000) & echo $! >>$1", &left).await;
    eventually("what a tool left in its group is gone", || zombies() == [own.id()]).await;

    let dropped = directory.path().join("dropped");
    let script = "sleep 1000 & echo $! >>$1; (sleep 1000 & echo $! >>$1; sleep 1000) & wait";
    let endless = tools.start("tool").execute(sh(script, &[&dropped]), (), LONG);
    tokio::select! {
        result = endless => panic!("it ended by itself: {result:?}"),
        _ = pids(&dropped, 2) => {}
    }
    eventually("what a dropped run left is gone", || zombies() == [own.id()]).await;

    let runs: Vec<_> = (0..60_u8)
        .map(|code| {
            let tools = tools.clone();
            let script = format!("sleep 1000 & (sleep 1000 & exit 3) & exit {code}");
            tokio::spawn(async move { tools.start("tool").execute(sh(&script, &[]), (), LONG).await })
        })
        .collect();
    for (code, run) in (0..60_u8).zip(runs) {
        match run.await.expect("the task ends") {
            Ok(_) => assert_eq!(code, 0),
            Err(error) => assert_eq!(error.exit(), Some(Exit::Code(code)), "{error:?}"),
        }
    }
    eventually("what many runs left is gone", || zombies() == [own.id()]).await;

    // What left the group of its tool: a daemon as books have it, and one that leads a session as git's do.
    let daemons =
        "setsid sh -c 'sleep 0.2 & echo $! >>$0' $1 & setsid sh -c 'echo $$ >>$0; exec sleep 0.2' $1 & sleep 0.1";
    let kept = directory.path().join("kept");
    run(&tools, daemons, &kept).await;
    let escaped = pids(&kept, 2).await;
    let is_there = |pid: &u32| zombies().contains(pid);
    eventually("they stay where nobody asked for more", || escaped.iter().all(is_there)).await;

    let settings = ToolSettings { reap_orphans: true, ..ToolSettings::default() };
    let thorough = Tools::with_settings(&Meter::noop(), settings).expect("sound settings");
    let taken = directory.path().join("taken");
    run(&thorough, daemons, &taken).await;
    eventually("no zombie is left", || zombies() == [own.id()]).await;
    assert_eq!(own.wait().expect("nobody else waited for it").code(), Some(7));
}
