//! What users do with a task, one request after the other, until it has left the board.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::BoxError;
use http::{Method, StatusCode};
use hyper::body::Bytes;
use telemetry_stream::labels::{CloseReason, StreamKind};

use super::client;
use super::readers::EventReader;
use crate::check::{FollowedStream, Ledger, canary};
use crate::stand_in::{BAD_TICKETS, Course, GOOD_TICKETS, Life, PROJECT, Ticket, script_word};

/// The event upon which somebody hangs up.
const TOOL: &str = "tool";
/// What is told of a task whose agent calls two tools in its first turn and one in the second.
const FEATURE: [&str; 8] = ["run", "turn", TOOL, TOOL, "turn", TOOL, "turn", "result"];
/// What is told of one whose agent is given up at its first tool.
const ABANDONED: [&str; 3] = ["run", "turn", TOOL];

/// All kinds of tasks; what stands here several times is put on the board more often.
pub(super) fn tickets(with_bad: bool) -> impl Iterator<Item = Ticket> {
    GOOD_TICKETS.into_iter().chain(BAD_TICKETS.into_iter().filter(move |_| with_bad))
}

/// A task and the users who are about it.
pub(super) struct Story {
    pub(super) ticket: Ticket,
    /// Which of its kind it is.
    pub(super) number: u64,
    pub(super) ledger: Arc<Ledger>,
}

impl Story {
    /// Tells it to its end.
    ///
    /// # Errors
    ///
    /// When anything does not go as it should.
    pub(super) async fn tell(self, platform: SocketAddr) -> Result<(), String> {
        let path = self.path();
        let told = match self.ticket.life {
            Life::Missing => self.run(platform, StatusCode::NOT_FOUND).await,
            Life::NotCreated => self.create(platform, StatusCode::INTERNAL_SERVER_ERROR).await,
            _ => self.tell_of_one(platform).await,
        };
        told.map_err(|error| format!("{path} did not go as it should: {error}"))
    }

    async fn tell_of_one(&self, platform: SocketAddr) -> Result<(), BoxError> {
        self.create(platform, StatusCode::CREATED).await?;
        match self.ticket.life {
            Life::Failed => self.run(platform, StatusCode::BAD_GATEWAY).await?,
            Life::LeftAtTool => self.run_and_leave(platform).await?,
            Life::Rejected => {
                self.run(platform, StatusCode::ACCEPTED).await?;
                self.decide(platform, "reject").await?;
            }
            Life::ApprovedAtLast => {
                self.run(platform, StatusCode::OK).await?;
                self.decide(platform, "reject").await?;
                self.run(platform, StatusCode::OK).await?;
                self.decide(platform, "approve").await?;
            }
            Life::Approved if self.ticket.kind == "feature" => {
                self.run_and_follow(platform).await?;
                self.decide(platform, "approve").await?;
            }
            _ => {
                self.run(platform, StatusCode::OK).await?;
                self.decide(platform, "approve").await?;
            }
        }
        self.ask(platform, Method::DELETE, "", Bytes::new(), StatusCode::OK).await
    }

    async fn create(&self, platform: SocketAddr, expected: StatusCode) -> Result<(), BoxError> {
        let prompt = format!("{} {} {}", canary::PROMPT, Course::Scripted.word(), script_word(self.ticket.kind));
        self.ask(platform, Method::PUT, "", prompt.into(), expected).await
    }

    async fn run(&self, platform: SocketAddr, expected: StatusCode) -> Result<(), BoxError> {
        let path = format!("/runs/{}", self.ticket.agent);
        self.ask(platform, Method::POST, &path, Bytes::new(), expected).await
    }

    /// Has it worked on and listens to what is told meanwhile.
    async fn run_and_follow(&self, platform: SocketAddr) -> Result<(), BoxError> {
        let mut events = EventReader::open(platform, &self.events()).await?;
        self.run(platform, StatusCode::OK).await?;
        let told = events.read(usize::MAX).await;
        self.heard(&told, &FEATURE)
    }

    /// Has it worked on, and hangs up when the agent calls a tool.
    async fn run_and_leave(&self, platform: SocketAddr) -> Result<(), BoxError> {
        let mut events = EventReader::open(platform, &self.events()).await?;
        {
            let mut run = pin!(self.run(platform, StatusCode::OK));
            tokio::select! {
                ended = &mut run => return Err(format!("the run ended: {ended:?}").into()),
                _ = events.read(ABANDONED.len()) => {}
            }
        }
        let told = events.read(usize::MAX).await;
        self.heard(&told, &ABANDONED)
    }

    async fn decide(&self, platform: SocketAddr, decision: &str) -> Result<(), BoxError> {
        let path = format!("/{decision}");
        self.ask(platform, Method::POST, &path, Bytes::from_static(b"ada"), StatusCode::OK).await
    }

    async fn ask(
        &self,
        platform: SocketAddr,
        method: Method,
        path: &str,
        body: Bytes,
        expected: StatusCode,
    ) -> Result<(), BoxError> {
        let path = self.path() + path;
        let answer = client::send(method.clone(), platform, &path, body).await?;
        match answer.status() == expected {
            true => Ok(()),
            false => Err(format!("{method} {path} was answered with {}", answer.status()).into()),
        }
    }

    /// Notes what was heard of it.
    fn heard(&self, told: &[String], expected: &[&str]) -> Result<(), BoxError> {
        if told != expected {
            return Err(format!("{told:?} was told, and not {expected:?}").into());
        }
        let (kind, reason) = (StreamKind::Task, CloseReason::Completed);
        FollowedStream { kind, events: expected, reason, is_cut_off: false, is_stored: false }.note(&self.ledger);
        Ok(())
    }

    fn path(&self) -> String {
        let Ticket { kind, life, .. } = self.ticket;
        match life {
            Life::NotCreated => format!("/projects/{PROJECT}/tasks/{kind}"),
            _ => format!("/projects/{PROJECT}/tasks/{kind}-{}", self.number),
        }
    }

    fn events(&self) -> String {
        self.path() + "/events"
    }
}
