//! One own metric, one dashboard, one alert, one objective: checked, rendered, and shown. Needs nothing but cargo.
//!
//! `cargo run -p telemetry-mixin --example own_bundle` prints the files; with a folder as argument it writes them there. With
//! `--features settings-file` it goes by `telemetry-mixin.toml` beside it.
#![expect(clippy::print_stdout, reason = "the files are what is shown")]

use std::error::Error;
use std::path::Path;

use telemetry_core::{Catalogue, Counter, Label, Metrics};
use telemetry_mixin::model::{
    Alert, AlertRule, AlertTest, Dashboard, Domain, Mixin, Objective, Panel, Severity, Slo, Tested, Unit,
};
use telemetry_mixin::query::{given, rate, share, threshold};
use telemetry_mixin::{GeneratorSettings, generate, runbook};

/// What became of a mail.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
pub enum Outcome {
    /// The server took it.
    Sent,
    /// The server did not.
    Refused,
}

/// What is measured of one mailing list.
#[derive(Metrics)]
#[metrics(entity(list))]
pub struct MailMetrics {
    /// Mails handed to the server
    #[metric(name = "mails_total")]
    pub mails: Counter<Outcome>,
}

const DASHBOARD: &str = "mails";

fn mixin() -> Mixin {
    Mixin::new().dashboard(dashboard()).alert(mails_refused()).slo(mail_delivery())
}

fn dashboard() -> Dashboard {
    Dashboard::new(DASHBOARD, "Mails", "What is sent, and what is refused").panel(
        Panel::time_series(
            "Refusals by List",
            "Share of a list's mails that the server refused",
            Unit::Ratio,
            share(rate(MailMetrics::MAILS).only(Outcome::Refused).by(["list"]), rate(MailMetrics::MAILS).by(["list"])),
        )
        .max(1.0)
        .alert("MailsRefused"),
    )
}

fn mails_refused() -> Alert {
    let mails = |outcome: Outcome| given(MailMetrics::MAILS, "a").is("list", "news").only(outcome);
    Alert::new(
        runbook!("MailsRefused" in "examples/runbooks"),
        AlertRule {
            when: rate(MailMetrics::MAILS).only(Outcome::Refused).by(["list"]).above(threshold(0.1)),
            hold: "2m",
            severity: Severity::Warning,
            team: "mail",
            summary: "The mail server refuses mails",
            description: "{{ $value | printf \"%.1f\" }} mails a second of list {{ $labels.list }} are refused.",
            dashboard: DASHBOARD,
        },
    )
    .test(
        AlertTest::new("thirty a minute are refused", "10m")
            .series(mails(Outcome::Refused), "0+30x20")
            .series(mails(Outcome::Sent), "0+30x20")
            .fires(&[("list", "news")], "0.5"),
    )
    .test(AlertTest::new("all are sent", "10m").series(mails(Outcome::Sent), "0+60x20"))
}

/// What an operator chose.
#[cfg(feature = "settings-file")]
fn settings(domains: &[Domain]) -> Result<GeneratorSettings, telemetry_mixin::SettingsFileErrors> {
    GeneratorSettings::from_toml(include_str!("telemetry-mixin.toml"), domains)
}

/// What holds where nobody chose.
#[cfg(not(feature = "settings-file"))]
fn settings(_: &[Domain]) -> Result<GeneratorSettings, std::convert::Infallible> {
    Ok(GeneratorSettings::default())
}

/// What is promised over a month. Its recordings, burn-rate alerts, their tests and the dashboard's row follow from this.
fn mail_delivery() -> Slo {
    let mails = |outcome: Outcome| given(MailMetrics::MAILS, "a").is("list", "news").only(outcome);
    Slo::new(
        runbook!("MailDelivery" in "examples/runbooks"),
        Objective {
            good: 0.99,
            promise: "$objective of all mails are taken",
            bad: rate(MailMetrics::MAILS).only(Outcome::Refused).by(["job"]).into(),
            total: rate(MailMetrics::MAILS).by(["job"]).into(),
            team: "mail",
            dashboard: DASHBOARD,
            tested: Tested::bad_and_good(mails(Outcome::Refused), mails(Outcome::Sent)),
            tested_labels: &[("job", "api")],
        },
    )
}

fn main() -> Result<(), Box<dyn Error>> {
    let mailer = Domain::new("mailer", Catalogue::new("mailer", &[MailMetrics::CATALOGUE]), mixin());
    let domains = [mailer];
    let files = generate(&settings(&domains)?, &domains)?;
    match std::env::args().nth(1) {
        Some(folder) => {
            files.write_to(Path::new(&folder))?;
            println!("{} files below {folder}", files.iter().count());
        }
        None => files.iter().for_each(|(path, text)| println!("--- {path}\n{text}")),
    }
    Ok(())
}
