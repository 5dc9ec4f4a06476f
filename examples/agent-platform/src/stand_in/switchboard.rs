//! Faults that are switched on and off while the platform runs.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// What can be switched to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Anthropic answers nobody.
    ProviderOutage,
    /// Callers ask for a tool that hangs.
    HangingTool,
    /// Workflows run on, and nothing is told of them.
    StalledStream,
    /// The store of usage is locked, so that records wait.
    FullQueue,
    /// The database of tasks does not answer who asks how it does.
    UnhealthyDatabase,
    /// The model of an agent at work falls silent.
    StuckAgent,
}

use Fault::{FullQueue, HangingTool, ProviderOutage, StalledStream, StuckAgent, UnhealthyDatabase};

/// By the names under which they are switched.
const FAULTS: [(&str, Fault); 6] = [
    ("provider-outage", ProviderOutage),
    ("hanging-tool", HangingTool),
    ("stalled-stream", StalledStream),
    ("full-queue", FullQueue),
    ("unhealthy-database", UnhealthyDatabase),
    ("stuck-agent", StuckAgent),
];

/// Which faults are on.
#[derive(Debug, Default)]
pub(crate) struct Switchboard {
    faults: [watch::Sender<bool>; FAULTS.len()],
    /// Whether nothing is switched on any more, because the platform ends.
    is_over: Mutex<bool>,
}

impl Switchboard {
    pub(crate) fn set(&self, fault: Fault, on: bool) {
        let is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_over {
            self.of(fault).send_replace(on);
        }
    }

    /// Switches all of them off for good.
    pub(crate) fn clear(&self) {
        let mut is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        *is_over = true;
        FAULTS.iter().for_each(|(_, fault)| {
            self.of(*fault).send_replace(false);
        });
    }

    pub(crate) fn is_on(&self, fault: Fault) -> bool {
        *self.of(fault).borrow()
    }

    /// Waits until the fault is on.
    pub(crate) async fn on(&self, fault: Fault) {
        self.until(fault, true).await;
    }

    /// Waits until the fault is off, which it usually is.
    pub(crate) async fn off(&self, fault: Fault) {
        self.until(fault, false).await;
    }

    async fn until(&self, fault: Fault, on: bool) {
        let mut changes = self.of(fault).subscribe();
        // It fails only without the sender, which is here.
        let _is_as_wanted = changes.wait_for(|is_on| *is_on == on).await.is_ok();
    }

    fn of(&self, fault: Fault) -> &watch::Sender<bool> {
        &self.faults[fault as usize]
    }
}

/// What somebody types to switch a fault: `fault stuck-agent on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Switched {
    pub(crate) fault: Fault,
    pub(crate) on: bool,
}

impl FromStr for Switched {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let on = match words.last() {
            Some(&"on") => Some(true),
            Some(&"off") => Some(false),
            _ => None,
        };
        if let (&["fault", name, _], Some(on)) = (&*words, on)
            && let Some(&(_, fault)) = FAULTS.iter().find(|(known, _)| *known == name)
        {
            return Ok(Self { fault, on });
        }
        let names = FAULTS.map(|(name, _)| name).join(", ");
        Err(format!("accepted is `fault NAME on` or `fault NAME off`, NAME being one of {names}; {line:?} is neither"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_switched_by_its_name() {
        let switchboard = Switchboard::default();
        for (name, fault) in FAULTS {
            for (word, on) in [("on", true), ("off", false)] {
                let switched: Switched = format!("fault {name} {word}").parse().expect("the line is right");
                assert_eq!(switched, Switched { fault, on });
                switchboard.set(switched.fault, switched.on);
                assert_eq!(switchboard.is_on(fault), on, "{name}");
            }
            switchboard.set(fault, true);
        }
        switchboard.clear();
        switchboard.set(ProviderOutage, true);
        assert!(FAULTS.iter().all(|(_, fault)| !switchboard.is_on(*fault)));
    }

    #[test]
    fn what_is_no_switch_is_refused_with_what_there_is() {
        for line in ["", "fault", "fault on", "fault stuck-agent", "fault stuck on", "faults stuck-agent on", "on"] {
            let error = line.parse::<Switched>().expect_err("it is none");
            assert!(error.contains("stuck-agent") && error.contains(line), "{error}");
        }
    }
}
