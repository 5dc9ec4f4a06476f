//! The generated dashboards, decoded by Grafana's own types.

use crate::command::Result;
use crate::python::GRAFANA;
use crate::{process, workspace};

/// Fails where a dashboard has what these types do not know: Grafana would leave it out and say nothing.
pub(crate) fn check() -> Result {
    GRAFANA.get()?;
    let mut decode = GRAFANA.python();
    decode.arg(workspace::root().join("tests/tools/grafana/schema.py"));
    process::run_quietly(decode.arg(workspace::root().join("deploy/grafana/dashboards")))
}
