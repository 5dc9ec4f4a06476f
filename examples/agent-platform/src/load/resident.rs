//! Somebody who waits for a task for as long as the load lasts.

use std::net::SocketAddr;
use std::sync::Arc;

use super::stories::Story;
use crate::check::Ledger;
use crate::stand_in::RESIDENT;

/// Has a task worked on, whose model has no more to say once the load is over.
///
/// # Errors
///
/// When anything does not go as it should.
pub(crate) async fn stay(platform: SocketAddr, ledger: Arc<Ledger>) -> Result<(), String> {
    Story { ticket: RESIDENT, number: 0, ledger }.tell(platform).await
}
