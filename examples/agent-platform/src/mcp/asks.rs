//! What the platform asks of MCP servers.

use super::server;

/// Where a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A child process that lives as long as the platform.
    Child,
    /// A child process of the ask's own.
    OwnChild,
    /// A listener on a loopback port.
    Http,
}

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// A result.
    Answered,
    /// A result that is an error.
    Broken,
    /// A refusal of the arguments.
    Refused,
    /// No answer within the time that the call has.
    Stalled,
    /// No answer within the time that its caller has.
    Left,
    /// The server dies on it.
    Killed,
}

/// One thing to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) name: &'static str,
    pub(super) place: Place,
    pub(super) tool: &'static str,
    pub(super) course: Course,
}

const fn ask(name: &'static str, place: Place, tool: &'static str, course: Course) -> Ask {
    Ask { name, place, tool, course }
}

/// Those that are answered.
pub(crate) const ANSWERED: [Ask; 2] = [
    ask("read-file", Place::Child, server::READ_FILE, Course::Answered),
    ask("search", Place::Http, server::SEARCH, Course::Answered),
];

/// Those that go wrong, each in another way.
pub(crate) const TROUBLED: [Ask; 5] = [
    ask("broken-index", Place::Http, server::BROKEN_INDEX, Course::Broken),
    ask("refusal", Place::Http, server::REFUSAL, Course::Refused),
    ask("stalled", Place::Child, server::STALL, Course::Stalled),
    ask("left", Place::Child, server::STALL, Course::Left),
    ask("killed", Place::OwnChild, server::CRASH, Course::Killed),
];

/// A name that no tool has.
pub(crate) const UNKNOWN: &str = "no-such-tool";

impl Place {
    /// As which the platform knows the server.
    pub(super) fn server_id(self) -> &'static str {
        match self {
            Self::Child => "files",
            Self::OwnChild => "fragile",
            Self::Http => "search",
        }
    }
}
