//! Which names of tools are real, and how many others are counted by name: a model makes up as many as it likes.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use telemetry_core::OTHER;
use telemetry_core::text::NAME;

use crate::side::Side;

/// As what a tool is counted that a server with known tools does not have.
pub(crate) const UNKNOWN: &str = "_unknown";

/// The tools of all servers, apart for who measures: what a client is asked for takes no room from the servers in its
/// process.
#[derive(Debug)]
pub(crate) struct Names {
    sides: [RwLock<HashMap<Box<str>, Arc<ServerTools>>>; 2],
    most: Most,
}

/// How many there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    /// Servers of a side. Tools of further ones are counted as long as their label has room.
    pub(crate) servers: usize,
    /// Tools that a server is known to have. One that takes any name, or changes its list all the time, must not grow the
    /// set for ever.
    pub(crate) known: usize,
    /// Names that are taken as they come while nobody knows the server's tools.
    pub(crate) unlisted: usize,
}

/// The tools of a server as one side knows them.
#[derive(Debug)]
pub(crate) struct ServerTools {
    tools: RwLock<Tools>,
    most: Most,
}

#[derive(Debug, Default)]
struct Tools {
    known: HashSet<Box<str>>,
    /// Whether a list of them has been seen to its end.
    is_listed: bool,
    unlisted: HashSet<Box<str>>,
}

/// What becomes of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The server has the tool.
    Known,
    /// Nobody knows, and there is room for it.
    Taken,
    /// The server has no such tool.
    Unknown,
    /// Nobody knows, and there is no room for it: there are as many, or it is too long.
    Full,
}

impl Verdict {
    /// As what a name is counted that is not counted as itself.
    pub(crate) const fn counted_as(self) -> Option<&'static str> {
        match self {
            Self::Known | Self::Taken => None,
            Self::Unknown => Some(UNKNOWN),
            Self::Full => Some(OTHER),
        }
    }
}

impl Names {
    pub(crate) fn at_most(most: Most) -> Self {
        Self { sides: [RwLock::default(), RwLock::default()], most }
    }

    /// The tools of a server; none if there are as many servers as there may be, or its id is none.
    pub(crate) fn of(&self, side: Side, server_id: &str) -> Option<Arc<ServerTools>> {
        if !is_name(server_id) {
            return None;
        }
        let servers = &self.sides[side as usize];
        if let Some(tools) = servers.read().unwrap_or_else(PoisonError::into_inner).get(server_id) {
            return Some(Arc::clone(tools));
        }
        let mut servers = servers.write().unwrap_or_else(PoisonError::into_inner);
        if servers.len() >= self.most.servers && !servers.contains_key(server_id) {
            return None;
        }
        let new = || Arc::new(ServerTools { tools: RwLock::default(), most: self.most });
        Some(Arc::clone(servers.entry(server_id.into()).or_insert_with(new)))
    }
}

impl ServerTools {
    /// What becomes of a name that somebody calls a tool by.
    pub(crate) fn judge(&self, name: &str) -> Verdict {
        match self.known(name) {
            Verdict::Taken => {}
            verdict => return verdict,
        }
        let mut tools = self.tools.write().unwrap_or_else(PoisonError::into_inner);
        if tools.unlisted.contains(name) {
            Verdict::Taken
        } else if tools.unlisted.len() < self.most.unlisted {
            tools.unlisted.insert(name.into());
            Verdict::Taken
        } else {
            Verdict::Full
        }
    }

    /// What becomes of a name of which nothing is taken before a tool has answered to it.
    #[cfg(feature = "rmcp")]
    pub(crate) fn judge_claim(&self, name: &str) -> Verdict {
        match self.known(name) {
            Verdict::Taken => Verdict::Unknown,
            verdict => verdict,
        }
    }

    /// Whether the server is known to have the tool.
    #[cfg(feature = "rmcp")]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.known(name) == Verdict::Known
    }

    /// Whether the server is known to have no such tool.
    #[cfg(feature = "rmcp")]
    pub(crate) fn lacks(&self, name: &str) -> bool {
        self.known(name) == Verdict::Unknown
    }

    /// Remembers a tool, if there is room for it.
    pub(crate) fn learn(&self, name: &str) {
        if !is_name(name) || self.tools.read().unwrap_or_else(PoisonError::into_inner).known.contains(name) {
            return;
        }
        let mut tools = self.tools.write().unwrap_or_else(PoisonError::into_inner);
        if tools.known.len() < self.most.known {
            tools.known.insert(name.into());
        }
    }

    /// From now on all tools are known.
    pub(crate) fn listed(&self) {
        self.tools.write().unwrap_or_else(PoisonError::into_inner).is_listed = true;
    }

    /// Whether all tools are known.
    #[cfg(feature = "rmcp")]
    pub(crate) fn are_listed(&self) -> bool {
        self.tools.read().unwrap_or_else(PoisonError::into_inner).is_listed
    }

    /// What the known tools say of a name; [`Verdict::Taken`] where they say nothing.
    fn known(&self, name: &str) -> Verdict {
        if !is_name(name) {
            return Verdict::Full;
        }
        let tools = self.tools.read().unwrap_or_else(PoisonError::into_inner);
        if tools.known.contains(name) {
            Verdict::Known
        } else if tools.known.len() >= self.most.known {
            // It may be one of those that there was no room for.
            Verdict::Full
        } else if tools.is_listed {
            Verdict::Unknown
        } else {
            Verdict::Taken
        }
    }
}

/// Whether it is short enough to be remembered: what a server lists is kept for good. The protocol has names of up to 128
/// characters.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= NAME
}
