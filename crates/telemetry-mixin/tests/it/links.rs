//! What leads out of the folder that is written to: it is told, and nothing outside is read, changed or removed.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use telemetry_mixin::GeneratedFiles;
use tempfile::TempDir;

const FILE: &str = "deploy/rules/own.yaml";
const PAGE: &str = "docs/page.md";

fn files() -> GeneratedFiles {
    let mut files = GeneratedFiles::default();
    files.insert(FILE.to_owned(), "generated\n".to_owned());
    files
}

/// A folder to write to, and one beside it that nobody named.
struct Place {
    directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let place = Self { directory };
        fs::create_dir(place.out()).expect("a folder can be made");
        fs::create_dir_all(place.outside().join("rules")).expect("a folder can be made");
        fs::write(place.outside().join("rules/own.yaml"), "mine\n").expect("a file can be written");
        fs::write(place.outside().join("GENERATED"), "deploy/rules/old.yaml\n").expect("a file can be written");
        place
    }

    fn out(&self) -> PathBuf {
        self.directory.path().join("out")
    }

    fn outside(&self) -> PathBuf {
        self.directory.path().join("outside")
    }

    /// Everything there is, with its text.
    fn snapshot(&self) -> Vec<(PathBuf, String)> {
        fn walk(path: &Path, found: &mut Vec<(PathBuf, String)>) {
            let mut entries: Vec<_> = fs::read_dir(path).expect("it is a folder").flatten().collect();
            entries.sort_by_key(fs::DirEntry::path);
            for entry in entries {
                let kind = entry.file_type().expect("it has a kind");
                match () {
                    () if kind.is_dir() => walk(&entry.path(), found),
                    () if kind.is_file() => {
                        found.push((entry.path(), fs::read_to_string(entry.path()).expect("a text")));
                    }
                    () => found.push((entry.path(), String::new())),
                }
            }
        }
        let mut found = Vec::new();
        walk(self.directory.path(), &mut found);
        found
    }

    /// Neither writing nor checking goes on, which names what is in the way, and nothing is changed.
    #[track_caller]
    fn assert_refused(&self, name: &str, out: &Path, files: &GeneratedFiles, message: &str) {
        let before = self.snapshot();
        for (what, result) in [("write", files.write_to(out)), ("check", files.check_against(out).map(drop))] {
            let error = result.expect_err(name).to_string();
            assert!(error.contains(message), "{name}, {what}: {error}");
        }
        assert_eq!(self.snapshot(), before, "{name}");
    }
}

#[test]
fn a_link_below_the_folder_or_in_its_place_is_not_followed() {
    type Arrange = fn(&Place);
    let cases: [(&str, Arrange, &str); 7] = [
        (
            "the folder itself",
            |place| {
                fs::remove_dir(place.out()).expect("it is empty");
                symlink(place.outside(), place.out()).expect("a link can be made");
            },
            "out: it is a symbolic link",
        ),
        (
            "the folder itself, to nothing",
            |place| {
                fs::remove_dir(place.out()).expect("it is empty");
                symlink(place.directory.path().join("nowhere"), place.out()).expect("a link can be made");
            },
            "out: it is a symbolic link",
        ),
        (
            "a folder below it",
            |place| symlink(place.outside(), place.out().join("deploy")).expect("a link can be made"),
            "out/deploy: it is a symbolic link",
        ),
        (
            "a folder below that",
            |place| {
                fs::create_dir(place.out().join("deploy")).expect("a folder can be made");
                symlink(place.outside().join("rules"), place.out().join("deploy/rules")).expect("a link can be made");
            },
            "out/deploy/rules: it is a symbolic link",
        ),
        (
            "a file",
            |place| {
                fs::create_dir_all(place.out().join("deploy/rules")).expect("a folder can be made");
                symlink(place.outside().join("rules/own.yaml"), place.out().join(FILE)).expect("a link can be made");
            },
            "own.yaml: it is a symbolic link",
        ),
        (
            "a file, to nothing",
            |place| {
                fs::create_dir_all(place.out().join("deploy/rules")).expect("a folder can be made");
                symlink(place.outside().join("new"), place.out().join(FILE)).expect("a link can be made");
            },
            "own.yaml: it is a symbolic link",
        ),
        (
            "the list of what was generated",
            |place| {
                fs::create_dir_all(place.out().join("deploy/rules")).expect("a folder can be made");
                symlink(place.outside().join("GENERATED"), place.out().join("deploy/GENERATED"))
                    .expect("a link can be made");
            },
            "GENERATED: it is a symbolic link",
        ),
    ];
    for (name, arrange, message) in cases {
        let place = Place::new();
        arrange(&place);
        place.assert_refused(name, &place.out(), &files(), message);
        place.assert_refused(name, &place.out().join("."), &files(), message);
    }
    let place = Place::new();
    fs::create_dir(place.out().join("docs")).expect("a folder can be made");
    symlink(place.outside().join("rules/own.yaml"), place.out().join(PAGE)).expect("a link can be made");
    let mut filling = files();
    filling.fill(PAGE);
    place.assert_refused("a page", &place.out(), &filling, "page.md: it is a symbolic link");
}

#[test]
fn a_link_on_the_way_to_the_folder_is_the_callers_affair() {
    let place = Place::new();
    let link = place.directory.path().join("link");
    symlink(place.directory.path(), &link).expect("a link can be made");
    files().write_to(&link.join("out")).expect("it can be written to");
    assert_eq!(fs::read_to_string(place.out().join(FILE)).expect("it was written"), "generated\n");
}

#[test]
fn a_list_that_names_what_was_not_generated_here_is_refused() {
    for (name, line) in [
        ("above", "../outside/rules/own.yaml"),
        ("above, from below", "deploy/../../outside/rules/own.yaml"),
        ("a step on the spot", "deploy/./own.yaml"),
        ("nothing between slashes", "deploy//own.yaml"),
        ("a file that nobody generates", "Cargo.toml"),
        ("a hidden folder", ".git/config"),
        ("another system's separator", "deploy\\..\\..\\outside"),
        ("a drive", "C:/outside"),
        ("a control character", "deploy/\u{1b}[2J"),
        ("a slash at the end", "deploy/"),
    ] {
        let place = Place::new();
        files().write_to(&place.out()).expect("it can be written to");
        fs::write(place.out().join("Cargo.toml"), "mine").expect("a file can be written");
        let manifest = place.out().join("deploy/GENERATED");
        fs::write(&manifest, format!("# a comment\n{FILE}\n{line}\n")).expect("the list can be written");
        place.assert_refused(name, &place.out(), &files(), "GENERATED: line 3 names no file that was generated here");
    }
    let place = Place::new();
    files().write_to(&place.out()).expect("it can be written to");
    let absolute = place.outside().join("rules/own.yaml");
    fs::write(place.out().join("deploy/GENERATED"), absolute.display().to_string()).expect("it can be written");
    place.assert_refused("an absolute path", &place.out(), &files(), "line 1 names no file");

    // What it names lies outside by way of a link.
    let place = Place::new();
    files().write_to(&place.out()).expect("it can be written to");
    symlink(place.outside(), place.out().join("docs")).expect("a link can be made");
    fs::write(place.out().join("deploy/GENERATED"), "docs/rules/own.yaml\n").expect("the list can be written");
    place.assert_refused("behind a link", &place.out(), &files(), "out/docs: it is a symbolic link");
}

#[test]
fn a_page_that_people_write_is_never_removed() {
    let place = Place::new();
    fs::create_dir(place.out().join("docs")).expect("a folder can be made");
    fs::write(place.out().join(PAGE), "mine\n").expect("a page can be written");
    let mut files = files();
    files.fill(PAGE);
    files.write_to(&place.out()).expect("it can be written to");
    fs::write(place.out().join("deploy/GENERATED"), format!("{PAGE}\n")).expect("the list can be written");
    files.write_to(&place.out()).expect("it can be written to");
    assert_eq!(fs::read_to_string(place.out().join(PAGE)).expect("it is there"), "mine\n");
}

#[test]
fn a_file_is_replaced_and_not_written_into() {
    let place = Place::new();
    fs::create_dir_all(place.out().join("deploy/rules")).expect("a folder can be made");
    let (mine, file) = (place.outside().join("rules/own.yaml"), place.out().join(FILE));
    fs::set_permissions(&mine, fs::Permissions::from_mode(0o640)).expect("it is ours");
    fs::hard_link(&mine, &file).expect("both are on one file system");
    files().write_to(&place.out()).expect("it can be written to");
    assert_eq!(fs::read_to_string(&mine).expect("it is there"), "mine\n");
    assert_eq!(fs::read_to_string(&file).expect("it was written"), "generated\n");
    assert_eq!(fs::metadata(&file).expect("it is there").mode() & 0o777, 0o640, "who may read it stays");
    let rest: Vec<_> = fs::read_dir(place.out().join("deploy/rules")).expect("a folder").flatten().collect();
    assert_eq!(rest.len(), 1, "nothing else is left there: {rest:?}");

    let before = fs::metadata(&file).expect("it is there").ino();
    files().write_to(&place.out()).expect("it can be written to");
    assert_eq!(fs::metadata(&file).expect("it is there").ino(), before, "what is as it should be is left alone");
}

#[test]
fn what_is_no_file_is_neither_waited_for_nor_replaced() {
    let place = Place::new();
    fs::create_dir_all(place.out().join("deploy/rules")).expect("a folder can be made");
    let made = std::process::Command::new("mkfifo").arg(place.out().join(FILE)).status();
    assert!(made.expect("mkfifo can be started").success());
    place.assert_refused("a pipe", &place.out(), &files(), "own.yaml: it is a FIFO");

    let place = Place::new();
    fs::create_dir_all(place.out().join(FILE)).expect("a folder can be made");
    place.assert_refused("a folder", &place.out(), &files(), "own.yaml: it is a directory");

    let place = Place::new();
    fs::create_dir_all(place.out().join("deploy/rules")).expect("a folder can be made");
    let huge = fs::File::create(place.out().join(FILE)).expect("a file can be made");
    huge.set_len((16 << 20) + 1).expect("it can have holes");
    let error = files().check_against(&place.out()).expect_err("it is too large").to_string();
    assert!(error.contains("own.yaml: it is larger than 16777216 bytes"), "{error}");
}

#[test]
fn names_that_lead_out_are_refused_from_callers_too() {
    for path in ["../file", "/tmp/file", "deploy/../../file", "", "deploy/"] {
        let place = Place::new();
        let mut files = files();
        files.insert(path.to_owned(), "generated\n".to_owned());
        place.assert_refused(path, &place.out(), &files, "it names no file of this folder");
    }
}
