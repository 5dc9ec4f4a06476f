//! `preview`: pictures of the dashboards with the data of a running Prometheus.
#![expect(clippy::print_stdout, reason = "where the pictures are and what they lack is what was asked for")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lexopt::{Arg, ValueExt as _};
use telemetry_core::{read_regular_to_string, readable};
use telemetry_preview::{Picture, State, Window};

use crate::command::{Action, Command, Result};
use crate::prometheus::Server;
use crate::workspace;

/// No dashboard is larger, in bytes.
const LARGEST: u64 = 16 << 20;

pub(crate) const COMMAND: Command = Command {
    name: "preview",
    summary: "Draw the dashboards with the data of a Prometheus, as SVG and HTML",
    usage: "[flags] [FILE…]",
    flags: "  FILE                    Grafana dashboards; default: those of deploy/grafana/dashboards
  --prometheus URL        whose data; http:// only, without a password; default: http://127.0.0.1:9090
  --out DIR               where the pictures are written; default: target/preview
  --last TIME             how long a time they show, such as 15min; default: 1h
  --until MOMENT          up to when, such as 2026-11-26T23:05:00Z; default: now
  --scrape-interval TIME  how often that Prometheus scrapes; default: 15s",
    action: Action::Own(run),
};

fn run(mut parser: lexopt::Parser) -> Result {
    let mut files = Vec::new();
    let mut url = "http://127.0.0.1:9090".to_owned();
    let mut out = workspace::target().join("preview");
    let (mut last, mut scrape) = (Duration::from_secs(3_600), Duration::from_secs(15));
    let mut until = SystemTime::now();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("prometheus") => url = parser.value()?.string()?,
            Arg::Long("out") => out = PathBuf::from(parser.value()?),
            Arg::Long("last") => last = parser.value()?.parse_with(time)?,
            Arg::Long("until") => until = parser.value()?.parse_with(moment)?,
            Arg::Long("scrape-interval") => scrape = parser.value()?.parse_with(time)?,
            Arg::Value(file) => files.push(PathBuf::from(file)),
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() {
        files = deployed()?;
    }
    let server = Server::new(&url)?;
    let window = Window::new(until.duration_since(UNIX_EPOCH)?.as_secs(), last, scrape);
    fs::create_dir_all(&out).map_err(|error| format!("--out {}: {error}", readable(out.display())))?;
    for file in files {
        let picture = draw(&file, window, &server)
            .map_err(|error| format!("{}: {}", readable(file.display()), with_causes(&*error)))?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let page = out.join(format!("{name}.html"));
        for (file, text) in [(out.join(format!("{name}.svg")), &picture.svg), (page.clone(), &picture.html())] {
            fs::write(&file, text).map_err(|error| format!("{}: {error}", readable(file.display())))?;
        }
        println!("{}", readable(page.display()));
        for panel in picture.panels.iter().filter(|panel| panel.state != State::Shown) {
            println!("  {}: {}", readable(&panel.title), panel.state.as_str());
        }
    }
    Ok(())
}

fn draw(file: &Path, window: Window, server: &Server<'_>) -> Result<Picture> {
    let text = read_regular_to_string(file, LARGEST)?;
    Ok(Picture::draw(&text, window, |path| server.get(path))?)
}

/// An error and why, on one line.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn deployed() -> Result<Vec<PathBuf>> {
    let folder = workspace::root().join("deploy/grafana/dashboards");
    let mut files = fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Ok(files)
}

fn time(text: &str) -> std::result::Result<Duration, String> {
    let accepted = "accepted is a time of a second to a year, such as 15min";
    let time = humantime::parse_duration(text).map_err(|_| accepted)?;
    if (1..=365 * 86_400).contains(&time.as_secs()) { Ok(time) } else { Err(accepted.to_owned()) }
}

fn moment(text: &str) -> std::result::Result<SystemTime, String> {
    humantime::parse_rfc3339_weak(text)
        .map_err(|_| "accepted is a moment in UTC, such as 2026-11-26T23:05:00Z".to_owned())
}
