//! The disk use of worktrees: what is counted, what is not, and what bounds it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use telemetry_testkit::eventually;
use telemetry_vcs::VcsSettings;
use tempfile::TempDir;

use crate::fixture::{DISK, Fixture};

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

fn write(path: &Path, bytes: usize) {
    fs::write(path, vec![7; bytes]).expect("it is written");
}

/// What one name takes of the disk.
fn own(path: &Path) -> f64 {
    (fs::symlink_metadata(path).expect("it is there").blocks() * 512) as f64
}

/// The disk use of a worktree once it is measured.
fn measured(fixture: &Fixture, worktree_id: &str) -> f64 {
    eventually("it is measured", || fixture.disk(worktree_id)).wait()
}

fn fast(settings: VcsSettings) -> Fixture {
    Fixture::with(VcsSettings { disk_interval: Duration::from_millis(100), ..settings })
}

#[test]
fn what_lies_in_a_worktree_is_counted_with_its_folders() {
    let (fixture, folder) = (Fixture::new(), folder());
    let root = folder.path();
    fs::create_dir_all(root.join("a/b")).expect("folders");
    let files = ["one", "a/two", "a/b/three"].map(|name| root.join(name));
    for (file, bytes) in files.iter().zip([10, 100_000, 3_000_000]) {
        write(file, bytes);
    }
    let folders = ["", "a", "a/b"].map(|name| root.join(name));
    let expected = || files.iter().chain(&folders).map(|path| own(path)).sum::<f64>();
    assert!(expected() >= 3_100_000.0, "{}", expected());
    let worktree = fixture.worktrees.create("board", "wt-1").succeed(root);
    eventually("it is measured", || fixture.disk("wt-1") == Some(expected())).wait();

    // It is measured again, and no longer once it is removed.
    write(&root.join("four"), 1_000_000);
    eventually("it has grown", || fixture.disk("wt-1") == Some(expected() + own(&root.join("four")))).wait();
    worktree.removal().succeed();
    fixture.assert_no_series(DISK, &[]);
}

#[test]
fn links_are_not_followed_and_hard_links_count_once() {
    let (fixture, folder, elsewhere) = (Fixture::new(), folder(), folder());
    let root = folder.path();
    fs::create_dir(root.join("store")).expect("a folder");
    let file = root.join("store/file");
    write(&file, 1_000_000);
    let mut links = Vec::new();
    for number in 0..10 {
        links.push(root.join(format!("hard-{number}")));
        fs::hard_link(&file, &links[number]).expect("a hard link");
    }
    write(&elsewhere.path().join("big"), 5_000_000);
    let soft = ["to-a-folder", "to-a-file", "to-itself", "to-root"].map(|name| root.join(name));
    symlink(elsewhere.path(), &soft[0]).expect("a link");
    symlink(elsewhere.path().join("big"), &soft[1]).expect("a link");
    symlink(root, &soft[2]).expect("a link");
    symlink("/", &soft[3]).expect("a link");
    let counted = [root, &root.join("store"), &file].into_iter().map(ToOwned::to_owned).chain(soft).collect::<Vec<_>>();
    let expected = || counted.iter().map(|path| own(path)).sum::<f64>();
    assert!(expected() < 2_000_000.0, "{}", expected());
    let _worktree = fixture.worktrees.adopt("board", "wt-1", root);
    eventually("each is counted once", || fixture.disk("wt-1") == Some(expected())).wait();
}

#[test]
fn a_file_with_holes_counts_what_it_has() {
    let (fixture, folder) = (Fixture::new(), folder());
    let mut sparse = File::create(folder.path().join("sparse")).expect("a file");
    sparse.set_len(1 << 40).expect("its length");
    sparse.write_all(b"a little").expect("it is written");
    let _worktree = fixture.worktrees.adopt("board", "wt-1", folder.path());
    assert!(measured(&fixture, "wt-1") < 1e6);
}

#[test]
fn a_worktree_that_is_a_link_or_a_file_or_gone_is_not_measured() {
    let (fixture, folder) = (Fixture::new(), folder());
    let (link, file) = (folder.path().join("link"), folder.path().join("file"));
    symlink("/usr", &link).expect("a link");
    write(&file, 10);
    let _link = fixture.worktrees.adopt("board", "link", &link);
    let _file = fixture.worktrees.adopt("board", "file", &file);
    let _gone = fixture.worktrees.adopt("board", "gone", folder.path().join("gone"));
    let said = || fixture.logs().containing("is not measured").len();
    eventually("each is said", || said() == 3).wait();
    // Their turns come between those of one that is there: nothing is said again.
    let there = folder.path().join("there");
    fs::create_dir(&there).expect("a folder");
    let _there = fixture.worktrees.adopt("board", "there", &there);
    for round in 0..4 {
        let before = measured(&fixture, "there");
        write(&there.join(format!("file-{round}")), 100_000);
        eventually("it has grown", || fixture.disk("there").is_some_and(|bytes| bytes > before)).wait();
    }
    assert_eq!(said(), 3);
    for id in ["link", "file", "gone"] {
        fixture.assert_no_series(DISK, &[("worktree_id", id)]);
    }
    // What becomes of it is noticed.
    fs::create_dir(folder.path().join("gone")).expect("a folder");
    measured(&fixture, "gone");
}

#[test]
fn a_measurement_ends_with_its_entries_and_says_so_once() {
    let fixture = fast(VcsSettings { disk_max_entries: 10, ..VcsSettings::default() });
    let folder = folder();
    for number in 0..50 {
        write(&folder.path().join(format!("file-{number}")), 4096);
    }
    let _worktree = fixture.worktrees.adopt("board", "wt-1", folder.path());
    let file = own(&folder.path().join("file-0"));
    assert_eq!(measured(&fixture, "wt-1"), own(folder.path()) + 10.0 * file);
    let log =
        eventually("it is said", || fixture.logs().containing("counted in part").first().map(|log| (*log).clone()))
            .wait();
    log.assert_severity("WARN");
    log.assert_attribute("why", "entries");
    log.assert_attribute("worktree_id", "wt-1");
}

#[test]
fn folders_within_folders_end_a_measurement_before_the_descriptors_do() {
    let (fixture, folder) = (Fixture::new(), folder());
    let mut deep = folder.path().to_owned();
    for _ in 0..300 {
        deep.push("d");
        fs::create_dir(&deep).expect("a folder");
    }
    let _worktree = fixture.worktrees.adopt("board", "wt-1", folder.path());
    let use_of_100 = measured(&fixture, "wt-1");
    assert!(use_of_100 <= own(&deep) * 301.0, "{use_of_100}");
    let log =
        eventually("it is said", || fixture.logs().containing("counted in part").first().map(|log| (*log).clone()))
            .wait();
    log.assert_attribute("why", "depth");
}

#[test]
fn a_measurement_ends_with_its_time() {
    let fixture = fast(VcsSettings { disk_timeout: Duration::from_millis(10), ..VcsSettings::default() });
    let folder = folder();
    // More than are looked at in ten milliseconds.
    for number in 0..40_000 {
        if number % 1_000 == 0 {
            fs::create_dir(folder.path().join(format!("{}", number / 1_000))).expect("a folder");
        }
        File::create(folder.path().join(format!("{}/{number}", number / 1_000))).expect("a file");
    }
    let _worktree = fixture.worktrees.adopt("board", "wt-1", folder.path());
    let log =
        eventually("it is said", || fixture.logs().containing("counted in part").first().map(|log| (*log).clone()))
            .wait();
    log.assert_attribute("why", "timeout");
}

#[test]
fn nothing_is_measured_where_that_is_not_wanted() {
    let fixture = fast(VcsSettings { disk_usage: false, ..VcsSettings::default() });
    let turns = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&turns);
    let counted = fixture.worktrees.clone().measured_by(move |_| Ok(counting.fetch_add(1, Ordering::Relaxed) as u64));
    let _worktree = counted.adopt("board", "wt-1", "/");
    // One that came later elsewhere is measured by now.
    let (on, folder) = (Fixture::new(), folder());
    let _on = on.worktrees.adopt("board", "wt-2", folder.path());
    measured(&on, "wt-2");
    assert_eq!((turns.load(Ordering::Relaxed), fixture.disk("wt-1")), (0, None));
}

#[test]
fn an_application_measures_otherwise_and_its_failures_cost_one_worktree_its_value() {
    let fixture = Fixture::new();
    let is_broken = Arc::new(AtomicBool::new(false));
    let broken = Arc::clone(&is_broken);
    let quota = fixture.worktrees.clone().measured_by(move |path| match path.to_str() {
        Some("/panics") => panic!("a quota that nobody has"),
        Some("/fails") => Err(io::Error::other("no quota")),
        _ if broken.load(Ordering::Relaxed) => Err(io::Error::other("no quota any more")),
        _ => Ok(4_096),
    });
    let ids = ["panics", "fails", "works"];
    let _worktrees = ids.map(|id| quota.adopt("board", id, format!("/{id}")));
    assert_eq!(measured(&fixture, "works"), 4_096.0);
    eventually("both are said", || fixture.logs().containing("is not measured").len() == 2).wait();
    assert_eq!((fixture.disk("panics"), fixture.disk("fails")), (None, None));
    is_broken.store(true, Ordering::Relaxed);
    eventually("its value is left out", || fixture.disk("works").is_none()).wait();
    is_broken.store(false, Ordering::Relaxed);
    assert_eq!(measured(&fixture, "works"), 4_096.0);
}

#[test]
fn one_that_hangs_is_left_to_itself() {
    let fixture = fast(VcsSettings { disk_timeout: Duration::from_millis(10), ..VcsSettings::default() });
    let (go_on, gate) = mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let quota = fixture.worktrees.clone().measured_by(move |path| {
        if path == Path::new("/hangs") {
            // Until the test is over with it.
            let _gone = gate.lock().map(|gate| gate.recv());
        }
        Ok(1)
    });
    let _hangs = quota.adopt("board", "hangs", "/hangs");
    let started = Instant::now();
    let _works = quota.adopt("board", "works", "/works");
    assert_eq!(measured(&fixture, "works"), 1.0);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    assert_eq!(fixture.disk("hangs"), None);
    let log = fixture.log("is not measured");
    log.assert_attribute("why", "hangs");
    log.assert_attribute("worktree_id", "hangs");
    // Once it returns it is measured again.
    drop(go_on);
    assert_eq!(measured(&fixture, "hangs"), 1.0);
}

#[test]
fn a_caller_never_waits_for_a_measurement() {
    let fixture = Fixture::new();
    let (go_on, gate) = mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let quota = fixture.worktrees.clone().measured_by(move |_| {
        let _gone = gate.lock().map(|gate| gate.recv());
        Ok(1)
    });
    let started = Instant::now();
    let worktrees: Vec<_> = (0..50).map(|n| quota.create("board", &format!("wt-{n}")).succeed("/x")).collect();
    worktrees.iter().for_each(|worktree| worktree.removal().succeed());
    drop(worktrees);
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    drop(go_on);
}
