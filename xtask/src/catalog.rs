//! `catalog`: every metric, printed.
#![expect(clippy::print_stdout, reason = "the catalogue is what was asked for")]

use lexopt::{Arg, ValueExt as _};
use telemetry_core::Namespace;
use telemetry_mixin::{CatalogFormat, catalog};

use crate::command::{Action, Command, Result};
use crate::domains::catalogues;

pub(crate) const COMMAND: Command = Command {
    name: "catalog",
    summary: "Print every metric: name, kind, unit, help, labels, buckets, crate",
    usage: "[--format json|yaml|md] [--namespace NS]",
    flags: "  --format FORMAT   json, yaml or md; default: json
  --namespace NS    what names start with that are the platform's own; default: agentpane",
    action: Action::Own(run),
};

fn run(mut parser: lexopt::Parser) -> Result {
    let mut format = CatalogFormat::Json;
    let mut namespace = Namespace::DEFAULT;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("format") => format = parser.value()?.parse_with(parse)?,
            Arg::Long("namespace") => namespace = Namespace::new(parser.value()?.string()?)?,
            other => return Err(other.unexpected().into()),
        }
    }
    print!("{}", catalog(&catalogues(), &namespace, format));
    Ok(())
}

fn parse(format: &str) -> std::result::Result<CatalogFormat, &'static str> {
    match format {
        "json" => Ok(CatalogFormat::Json),
        "yaml" => Ok(CatalogFormat::Yaml),
        "md" => Ok(CatalogFormat::Markdown),
        _ => Err("accepted are json, yaml and md"),
    }
}
