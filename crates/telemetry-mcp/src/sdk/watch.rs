//! What looks after a client's connection: whether its server is there, and which tools that has.

use std::sync::{Arc, Weak};
use std::time::Duration;

use rmcp::model::{ClientRequest, PaginatedRequestParams, PingRequest};
use rmcp::service::PeerRequestOptions;
use rmcp::{Peer, RoleClient, ServiceError};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::failure::{Sign, sign};
use super::link::{Link, News};

/// Changes of the list that come within so long are one.
const SETTLING: Duration = Duration::from_millis(100);
/// From one listing to the next: some servers say that their tools have changed whenever these are listed.
const BETWEEN_LISTINGS: Duration = Duration::from_secs(5);
/// How long a listing may take, and how many pages it may have.
const LISTING: Duration = Duration::from_secs(30);
const MOST_PAGES: usize = 100;
/// From one ping because of a failed call to the next: calls may fail a thousand times a second.
const BETWEEN_FAILURES: Duration = Duration::from_millis(250);

/// Looks after a connection until its end.
struct Watch {
    link: Weak<Link>,
    news: Arc<News>,
    peer: Peer<RoleClient>,
    /// None sends no pings.
    interval: Option<Duration>,
}

/// Looks after a connection from now on, unless somebody does already, or there is no runtime to do it in.
pub(super) fn start(link: &Arc<Link>, peer: &Peer<RoleClient>, interval: Option<Duration>) {
    let Ok(runtime) = Handle::try_current() else { return };
    if link.is_watched() {
        return;
    }
    let interval = interval.filter(|interval| !interval.is_zero());
    let watch = Watch { link: Arc::downgrade(link), news: Arc::clone(&link.news), peer: peer.clone(), interval };
    link.watched_by(runtime.spawn(watch.run()).abort_handle(), interval.is_some());
}

impl Watch {
    async fn run(self) {
        let mut next_ping = self.next_ping();
        let mut next_listing = Instant::now();
        loop {
            let ping_due = async {
                match next_ping {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = ping_due => {
                    self.ping().await;
                    next_ping = self.next_ping();
                }
                () = self.news.call_failed.notified(), if self.interval.is_some() => {
                    self.ping().await;
                    sleep(BETWEEN_FAILURES).await;
                    next_ping = self.next_ping();
                }
                () = self.news.tools_changed.notified() => {
                    // Not before the pings that are due meanwhile.
                    let due = next_listing.max(Instant::now() + SETTLING);
                    if let Some(ping) = next_ping.filter(|ping| *ping < due) {
                        sleep_until(ping).await;
                        self.news.tools_changed.notify_one();
                        self.ping().await;
                        next_ping = self.next_ping();
                        continue;
                    }
                    sleep_until(due).await;
                    self.list().await;
                    next_listing = Instant::now() + BETWEEN_LISTINGS;
                }
            }
        }
    }

    fn next_ping(&self) -> Option<Instant> {
        self.interval.map(|interval| Instant::now() + interval)
    }

    /// Asks whether the server is there.
    async fn ping(&self) {
        let Some(interval) = self.interval else { return };
        // A server that has fallen silent is found out within two intervals.
        let within = interval.mul_f64(0.8);
        let heard = self.news.heard();
        let options = PeerRequestOptions::with_timeout(within);
        let answer = async {
            let request = ClientRequest::PingRequest(PingRequest::default());
            self.peer.send_cancellable_request(request, options).await?.await_response().await
        };
        // The SDK's own limit tells the server; this one is for when it takes long to ask.
        let answer = timeout(interval, answer).await.unwrap_or(Err(ServiceError::Timeout { timeout: within }));
        let error = answer.err();
        let Some(link) = self.link.upgrade() else { return };
        match error.as_ref().map_or(Sign::Answered, sign) {
            Sign::Answered => link.answered(),
            Sign::Gone => link.gone(error.as_ref()),
            Sign::Silent if self.news.heard() != heard || self.news.are_calls_under_way() => {}
            Sign::Silent => link.gone(error.as_ref()),
        }
    }

    /// Lists the tools, which the transport learns as they come.
    async fn list(&self) {
        let until = Instant::now() + LISTING;
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let params = cursor.take().map(|cursor| PaginatedRequestParams::default().with_cursor(Some(cursor)));
            let Ok(Ok(page)) = timeout_at(until, self.peer.list_tools(params)).await else { return };
            cursor = page.next_cursor.filter(|cursor| !cursor.is_empty());
            if cursor.is_none() {
                return;
            }
        }
    }
}
