//! Callers of a tool that hangs, while that fault is on.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::calls::Call;
use super::crowd::Crowd;
use crate::stand_in::{Fault, Switchboard};

/// How often they ask for it.
const EVERY: Duration = Duration::from_millis(500);

/// Calls the tool for as long as the fault is on and the load is not over, and waits for all answers.
///
/// # Errors
///
/// The first call that did not go as it should.
pub(crate) async fn hang(
    platform: SocketAddr,
    switchboard: &Switchboard,
    over: &CancellationToken,
) -> Result<(), String> {
    let crowd = Crowd::default();
    while over.run_until_cancelled(switchboard.on(Fault::HangingTool)).await.is_some() {
        crowd.send(Call::hanging().make(platform)).await;
        sleep(EVERY).await;
    }
    crowd.wait().await
}
