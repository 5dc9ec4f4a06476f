//! Who asks which server, told apart without being named: each token has rate limits of its own.

use std::hash::BuildHasher as _;
use std::sync::OnceLock;

use foldhash::quality::RandomState;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// Who asks which server: a hash of the host and of the header `authorization` under a key of this process. The header is
/// not kept, and the hash goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Caller(u64);

impl Caller {
    /// Who sends these headers there; all who send no token are one.
    pub(super) fn of(host: Option<&str>, headers: Option<&HeaderMap>) -> Self {
        static KEY: OnceLock<RandomState> = OnceLock::new();
        let token = headers.and_then(|headers| headers.get(AUTHORIZATION));
        Self(KEY.get_or_init(RandomState::default).hash_one((host, token.map(|token| token.as_bytes()))))
    }
}
