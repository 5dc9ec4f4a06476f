//! The flags of the program.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt as _};

use crate::load::Faults;

pub(crate) const HELP: &str = "\
A small agent platform under a seeded load, with its telemetry.

Usage:
  agent-platform demo [flags]    show what arrived over the wire, and end
  agent-platform load [flags]    run until standard input closes or SIGTERM comes, then print what was done as JSON

Flags:
  --endpoint URL       export to this collector instead of an embedded receiver (demo) or OTEL_EXPORTER_OTLP_ENDPOINT
                       (load); a demo cannot see what arrived there and says what it sent
  --duration TIME      how long the load of a demo lasts, such as 10s or 500ms; default 8s
  --rate N             operations a second, 1 to 100; default 8
  --seed N             which load; default 1
  --faults LIST        what goes wrong, of: tools (tools fail in every way), streams (streams do), cardinality (users
                       name more plugins than the metric's limit), values (a measurement that is no number), outage (the
                       embedded receiver is down for 3 s); or all, or none; default tools,streams
  --prometheus ADDR    where to serve /metrics; default 127.0.0.1:0, any free port

While they run, a line `fault NAME on` or `fault NAME off` on standard input switches a fault; any other line says which
there are.

Further settings are read from the environment: OTEL_* and TELEMETRY_*.";

/// What the flags say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) endpoint: Option<String>,
    pub(crate) duration: Duration,
    pub(crate) rate: u32,
    pub(crate) seed: u64,
    pub(crate) faults: Faults,
    pub(crate) prometheus: SocketAddr,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            endpoint: None,
            duration: Duration::from_secs(8),
            rate: 8,
            seed: 1,
            faults: Faults { tools: true, streams: true, ..NO_FAULTS },
            prometheus: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        }
    }
}

impl Options {
    /// Reads the flags; `None` when they ask for help.
    pub(crate) fn parse(mut parser: Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self::default();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("endpoint") => options.endpoint = Some(parser.value()?.string()?),
                Arg::Long("duration") => options.duration = parser.value()?.parse_with(duration)?,
                Arg::Long("rate") => options.rate = parser.value()?.parse_with(rate)?,
                Arg::Long("seed") => options.seed = parser.value()?.parse()?,
                Arg::Long("faults") => options.faults = parser.value()?.parse_with(faults)?,
                Arg::Long("prometheus") => options.prometheus = parser.value()?.parse()?,
                other => return Err(other.unexpected()),
            }
        }
        if options.endpoint.is_some() && options.faults.outage {
            return Err("--faults outage stops the embedded receiver, and --endpoint leaves none to stop".into());
        }
        Ok(Some(options))
    }
}

/// Nothing goes wrong.
const NO_FAULTS: Faults = Faults { tools: false, streams: false, cardinality: false, values: false, outage: false };

fn faults(list: &str) -> Result<Faults, String> {
    let mut faults = NO_FAULTS;
    for name in list.split(',') {
        match name {
            "none" => faults = NO_FAULTS,
            "all" => faults = Faults { tools: true, streams: true, cardinality: true, values: true, outage: true },
            "tools" => faults.tools = true,
            "streams" => faults.streams = true,
            "cardinality" => faults.cardinality = true,
            "values" => faults.values = true,
            "outage" => faults.outage = true,
            _ => return Err("accepted are tools, streams, cardinality, values, outage, all and none".to_owned()),
        }
    }
    Ok(faults)
}

fn rate(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|rate| (1..=100).contains(rate)).ok_or("accepted are 1 to 100 operations a second")
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    let milliseconds = match text.strip_suffix("ms") {
        Some(number) => number.parse().ok(),
        None => text.strip_suffix('s').and_then(|number| number.parse::<u64>().ok()?.checked_mul(1000)),
    };
    milliseconds.map(Duration::from_millis).ok_or("accepted are whole seconds or milliseconds, such as 10s or 500ms")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Option<Options>, lexopt::Error> {
        Options::parse(Parser::from_args(args))
    }

    #[test]
    fn flags_are_read() {
        let args = ["--duration", "500ms", "--seed=7", "--rate", "20", "--faults", "values,outage"];
        let faults = Faults { values: true, outage: true, ..NO_FAULTS };
        let expected =
            Options { duration: Duration::from_millis(500), seed: 7, rate: 20, faults, ..Options::default() };
        assert_eq!(parse(&args).expect("the flags are right"), Some(expected));
        assert_eq!(parse(&["--help"]).expect("help is a flag"), None);
    }

    #[test]
    fn what_is_not_accepted_is_refused() {
        let refused: [&[&str]; 9] = [
            &["--speed", "1"],
            &["again"],
            &["--duration", "10"],
            &["--duration", "-1s"],
            &["--rate", "0"],
            &["--rate", "101"],
            &["--faults", "tool"],
            &["--prometheus", "9464"],
            &["--endpoint", "http://localhost:4317", "--faults", "all"],
        ];
        for args in refused {
            assert!(parse(args).is_err(), "{args:?}");
        }
    }
}
