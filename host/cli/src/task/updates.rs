//! Hears that a task changed, by the event stream of the host: one connection, which goes on behind its cursor after
//! it was cut.

use crate::client::Client;
use crate::{CliError, Exit, Problem, Result, tell};
use std::time::{Duration, Instant};
use tasker_client::{ServerEvent, ServerEvents};
use tasker_domain::ids::TaskId;
use tasker_wire::event::{END, EventQuery, StreamEnd, StreamEvents};
use tokio::time::{sleep, timeout};

/// Events wait for transactions that are still open, whoever has them: the task is looked at as often as this.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// How long to wait before a stream that was cut is opened again.
const RECONNECT_INTERVAL: Duration = Duration::from_millis(500);
/// How long the host may take to begin a stream.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A stream that says nothing for so long is broken: hosts send a heartbeat more often.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// The events of one task.
pub struct Updates<'a> {
    client: &'a Client,
    query: EventQuery,
    /// `None` after it was cut.
    stream: Option<ServerEvents>,
    heard_at: Instant,
    /// Something happened since the task was read.
    is_due: bool,
}

impl<'a> Updates<'a> {
    /// Listens from now on. `None`, and a message, where the host refuses the stream; a host that cannot be reached is
    /// an error.
    pub async fn open(client: &'a Client, id: TaskId) -> Result<Option<Self>> {
        let mut updates = Self {
            client,
            query: EventQuery {
                task: Some(id),
                ..EventQuery::default()
            },
            stream: None,
            heard_at: Instant::now(),
            is_due: false,
        };
        match updates.connect().await {
            Ok(()) => Ok(Some(updates)),
            Err(CliError::Problem(problem))
                if problem.exit() != Exit::Unreachable || problem.is_out_of_streams() =>
            {
                let what = problem.what();
                tell(&format!(
                    "the events of the task cannot be followed ({what}); the host is asked for the task instead\n"
                ));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Waits until something happened to the task, `most` has passed, or it is time to look at it anyway.
    pub async fn wait(&mut self, most: Duration) {
        let deadline = Instant::now() + most.min(LOOK_INTERVAL);
        while !self.is_due {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            self.hear(left).await;
        }
        // What came together with it is seen by the same look.
        while self.stream.is_some() && self.hear(Duration::ZERO).await {}
    }

    /// The task was read: everything up to here is seen.
    pub fn seen(&mut self) {
        self.is_due = false;
    }

    /// Takes one message of the stream. False if there was none in this time.
    async fn hear(&mut self, most: Duration) -> bool {
        let Some(stream) = self.stream.as_mut() else {
            sleep(most.min(RECONNECT_INTERVAL)).await;
            // The task is read by requests of their own, which say what is wrong with the host.
            self.is_due = true;
            let _ = self.connect().await;
            return false;
        };
        match timeout(most, stream.next()).await {
            Err(_) => {
                if self.heard_at.elapsed() > SILENCE_MAX {
                    self.stream = None;
                }
                false
            }
            Ok(Ok(Some(event))) => {
                self.heard_at = Instant::now();
                self.take(event);
                true
            }
            Ok(Ok(None) | Err(_)) => {
                self.stream = None;
                false
            }
        }
    }

    fn take(&mut self, event: ServerEvent) {
        if event.event == END {
            let end = serde_json::from_str(&event.data);
            self.query.from = end
                .ok()
                .map(|end: StreamEnd| end.next)
                .or(self.query.from.take());
            self.stream = None;
            return;
        }
        self.is_due |= !event.data.is_empty();
        if !event.id.is_empty() {
            self.query.from = Some(event.id);
        }
    }

    async fn connect(&mut self) -> Result<()> {
        let call = self.client.call(StreamEvents {}).query(&self.query);
        // Ended by itself it would last as long as a stream may.
        let begun = timeout(CONNECT_TIMEOUT, call.events()).await;
        let silent = |_| {
            Problem::new(
                Exit::Unreachable,
                "unreachable",
                "the host begins no stream of events",
            )
        };
        self.stream = Some(begun.map_err(silent)??);
        self.heard_at = Instant::now();
        Ok(())
    }
}
