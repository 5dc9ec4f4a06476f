//! The pictures of all dashboards with the data of a run, as Chromium shows them.

use std::fs;
use std::path::Path as File;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use telemetry_preview::{Picture, State, Window};
use telemetry_tests::program::Program;
use telemetry_tests::{Failure, poll};

use crate::contract::JOB;
use crate::load::{Load, NO_LOGS, WITH_FAULTS};
use crate::names;
use crate::panels;
use crate::report::Report;
use crate::stack::{Site, Stack};

/// Of how long a run there are pictures.
const RUN: Duration = Duration::from_secs(120);
/// How often Prometheus is said to scrape. It does so each second; rates over four of them would be of few exports.
const SCRAPE: Duration = Duration::from_secs(5);
/// How long it may take until there is that much to show.
const PATIENCE: Duration = Duration::from_secs(300);

/// So that Chromium asks nobody for anything, and has no state but its own.
const ALONE: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let stack = Stack::start(site)?;
    let settings = [NO_LOGS[0], NO_LOGS[1], names::WITH_CONVENTIONS];
    let load = Load::start(site, &stack.endpoint(), &WITH_FAULTS, &settings)?;
    let uptime = format!("max(agentpane_process_uptime_seconds{{job=\"{JOB}\"}}) >= {}", RUN.as_secs());
    poll::until(PATIENCE, "two minutes of data", || match stack.scrape.query(&uptime)?.is_empty() {
        true => Err(Failure::from("the platform has not run for so long, or nothing of it has arrived")),
        false => Ok(()),
    })?;
    let end = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let window = Window::new(end, RUN, SCRAPE);
    let pictures = site.folder.join("pictures");
    fs::create_dir_all(&pictures)?;
    for file in panels::dashboards()? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let picture = Picture::draw(&fs::read_to_string(&file)?, window, |path| stack.scrape.get(path))?;
        fs::write(pictures.join(format!("{name}.svg")), &picture.svg)?;
        let page = pictures.join(format!("{name}.html"));
        fs::write(&page, picture.html())?;
        report.check(format!("{} panels of {name} have something to show", picture.panels.len()), shown(&picture));
        report.check(format!("Chromium shows {name}"), seen(&picture, &page, &site.folder));
    }
    load.stop()?;
    stack.stop()
}

/// Every panel that speaks of the platform with data, and a picture of every kind.
fn shown(picture: &Picture) -> Result<(), Failure> {
    let lacking = picture.panels.iter().filter(|panel| match panel.state {
        State::Shown => false,
        State::NoData => panel.expressions.iter().any(|expression| names::speaks_of_platform(expression)),
        State::NotDrawn => true,
    });
    let lacking: Vec<String> = lacking.map(|panel| format!("{:?}: {}", panel.title, panel.state.as_str())).collect();
    if lacking.is_empty() { Ok(()) } else { Err(lacking.join(", ").into()) }
}

/// Chromium finds every panel in the page, and makes a picture of it.
fn seen(picture: &Picture, page: &File, folder: &File) -> Result<(), Failure> {
    let screenshot = page.with_extension("png");
    let found = chromium(page, folder, &["--dump-dom"])?;
    chromium(page, folder, &["--window-size=1160,1600", &format!("--screenshot={}", screenshot.display())])?;
    let states = |state: &str| found.matches(&format!("data-state=\"{state}\"")).count();
    for state in [State::Shown, State::NoData, State::NotDrawn] {
        let drawn = picture.panels.iter().filter(|panel| panel.state == state).count();
        if states(state.as_str()) != drawn {
            return Err(
                format!("{drawn} panels are {}, Chromium has {}", state.as_str(), states(state.as_str())).into()
            );
        }
    }
    if fs::metadata(&screenshot).map_err(|error| format!("Chromium made no picture: {error}"))?.len() < 10_000 {
        return Err(format!("{} shows next to nothing", screenshot.display()).into());
    }
    Ok(())
}

/// What Debian's Chromium prints of a page.
fn chromium(page: &File, folder: &File, flags: &[&str]) -> Result<String, Failure> {
    let printed = folder.join("chromium.out");
    let mut command = Command::new("chromium");
    command.args(ALONE).arg(format!("--user-data-dir={}", folder.join("chromium").display())).args(flags);
    command.arg(format!("file://{}", page.canonicalize()?.display()));
    command.stdin(Stdio::null()).stdout(fs::File::create(&printed)?);
    let program = Program::start("chromium", &mut command, folder)
        .map_err(|error| format!("{error}; `apt-get install chromium` or its like gets it"))?;
    program.wait(Duration::from_secs(60))?;
    Ok(fs::read_to_string(printed)?)
}
