//! Alertmanager's configuration: read by amtool, walked case by case, and started with.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use telemetry_core::readable;

use super::files::{scratch, tool};
use crate::command::Result;
use crate::process;

/// How long it may take to start, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Returns how many cases of routes there are.
pub(super) fn check(folder: &Path) -> Result<usize> {
    let config = folder.join("alertmanager.yaml");
    process::run(tool("amtool").arg("check-config").arg(&config))?;
    let path = folder.join("tests/routes.txt");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let cases: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    for case in &cases {
        let (labels, receivers) = case.split_once(" -> ").ok_or_else(|| format!("`{}` is no case", readable(case)))?;
        let mut test = tool("amtool");
        test.args(["config", "routes", "test", "--config.file"]).arg(&config);
        test.arg(format!("--verify.receivers={}", receivers.replace(' ', ",")));
        process::output(test.args(labels.split(' '))).map_err(|error| format!("`{}`: {error}", readable(case)))?;
    }
    if cases.is_empty() { Err(format!("{} has no cases", path.display()).into()) } else { Ok(cases.len()) }
}

/// Whether it runs with the configuration, which amtool alone does not show: time zones, folders, limits.
pub(super) fn start(folder: &Path) -> Result {
    let storage = scratch("alertmanager")?;
    // Taken and given back: what takes it in between makes the start fail, and nothing pass that should not.
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let mut command = tool("alertmanager");
    command.arg("--config.file").arg(folder.join("alertmanager.yaml"));
    command.arg("--storage.path").arg(storage).args(["--cluster.listen-address=", "--log.level=warn"]);
    command.arg(format!("--web.listen-address={address}")).stdin(Stdio::null());
    let running = command.spawn().map_err(|error| format!("cannot start alertmanager: {error}"))?;
    Running(running).wait_ready(address)
}

/// The program, which ends with this.
struct Running(Child);

impl Running {
    fn wait_ready(&mut self, address: SocketAddr) -> Result {
        let begun = Instant::now();
        while !is_ready(address) {
            if let Some(status) = self.0.try_wait()? {
                return Err(format!("alertmanager ended with {status}").into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("alertmanager was not ready after {PATIENCE:?}").into());
            }
            // Between two looks, up to the deadline above.
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"GET /-/ready HTTP/1.0\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok::<_, std::io::Error>(status.ends_with(b"200"))
    };
    ask().unwrap_or(false)
}
