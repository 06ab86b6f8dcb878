//! Hints between hosts that there may be work, and from the database. A hint carries no data.
//!
//! A hint can be lost (a connection ends, a pooler drops it), so code that waits for one also polls from
//! time to time.
//!
//! A host sends its hints after the commit and by the connection that listens, at most once in
//! 10 ms: PostgreSQL commits transactions that notify one after the other. Its own parts have them
//! at once. That there is something to claim is sent only if the host's own worker does not take it.

mod outbox;

use super::backoff::Backoff;
use super::pool::{CONNECT_TIMEOUT, CallTimeout, SessionKind};
use super::{Database, DatabaseError};
use outbox::{Hints, Outbox};
use sqlx::Executor as _;
use sqlx::postgres::{PgListener, PgNotification, PgPoolOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::TaskId;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Ended tasks that a slow receiver may fall behind before it misses some.
const ENDED_CAPACITY: usize = 1024;

/// How long to wait before listening again after the connection failed.
const RELISTEN_FIRST: Duration = Duration::from_millis(500);
const RELISTEN_MAX: Duration = Duration::from_secs(10);

/// After this long without a hint the connection is checked by a ping; the second constant limits the
/// time of the answer.
const PING_AFTER: Duration = Duration::from_secs(10);
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// Where hints arrive; cheap to clone.
#[derive(Clone, Debug)]
pub struct Notifications {
    ready: Arc<Notify>,
    own: Arc<OwnWorker>,
    ended: broadcast::Sender<TaskId>,
    /// Moves with each hint.
    registry: watch::Sender<u64>,
    outbox: Arc<Outbox>,
}

/// What the worker of this host does with hints of its own host.
#[derive(Debug, Default)]
struct OwnWorker {
    /// It has them first, and says whether others are to have them.
    has_them_first: AtomicBool,
    /// There is one that others do not have.
    is_hinted: AtomicBool,
}

impl Default for Notifications {
    fn default() -> Self {
        Self {
            ready: Arc::default(),
            own: Arc::default(),
            ended: broadcast::Sender::new(ENDED_CAPACITY),
            registry: watch::Sender::new(0),
            outbox: Arc::default(),
        }
    }
}

impl Notifications {
    /// Returns once some step may have become ready since the last call. True if only this host knows.
    pub async fn ready(&self) -> bool {
        self.ready.notified().await;
        self.own.is_hinted.swap(false, Ordering::SeqCst)
    }

    /// Whether the worker of this host has the hints of this host first. It then is to call
    /// [`hint_others`](Self::hint_others) where it does not take all that there is.
    pub fn take_own_hints(&self, has_them_first: bool) {
        self.own
            .has_them_first
            .store(has_them_first, Ordering::SeqCst);
    }

    /// The worker of this host takes nothing any more.
    pub fn leave_hints_to_others(&self) {
        self.take_own_hints(false);
        if self.own.is_hinted.swap(false, Ordering::SeqCst) {
            self.hint_others();
        }
    }

    /// Watched tasks that ended, from now on. Subscribe first, then look.
    pub fn ended(&self) -> broadcast::Receiver<TaskId> {
        self.ended.subscribe()
    }

    /// Changes when the registry may have changed: a publish, a pin, a grant, a quarantine.
    pub fn registry(&self) -> watch::Receiver<u64> {
        self.registry.subscribe()
    }

    /// Has this host's worker look for steps to claim.
    pub fn wake_claims(&self) {
        self.ready.notify_one();
    }

    /// Tells the worker of this host that some step may have become ready, and every other host unless that one takes it.
    /// To be called after the commit.
    pub fn hint_ready(&self) {
        match self.own.has_them_first.load(Ordering::SeqCst) {
            true => self.own.is_hinted.store(true, Ordering::SeqCst),
            false => self.outbox.ready(),
        }
        self.ready.notify_one();
    }

    /// Tells every other host that some step may have become ready.
    pub fn hint_others(&self) {
        self.outbox.ready();
    }

    /// Tells every host that these watched tasks ended. To be called after the commit.
    pub fn hint_ended(&self, tasks: &[TaskId]) {
        for task in tasks {
            drop(self.ended.send(*task));
        }
        self.outbox.ended(tasks);
    }

    /// Passes hints on from the database and to it until `stop`, through lost connections. Uses one connection
    /// of its own.
    pub async fn listen(self, database: Database, stop: CancellationToken) {
        let listening = async {
            let mut backoff = Backoff::new(RELISTEN_FIRST, RELISTEN_MAX);
            while database.may_listen() {
                if let Err(error) = self.pass_on(&database, &mut backoff).await {
                    tracing::debug!(error = %ErrorChain(&error), "cannot listen for notifications; polling continues");
                }
                backoff.wait().await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = listening => {}
        }
    }

    async fn pass_on(
        &self,
        database: &Database,
        backoff: &mut Backoff,
    ) -> Result<(), DatabaseError> {
        let mut listener = database.listener().await?;
        backoff.reset();
        // Catches up with what happened while the connection did not listen.
        self.ready.notify_one();
        self.registry.send_modify(|hints| *hints += 1);
        let own_pid = backend_pid(&mut listener).await?;
        loop {
            tokio::select! {
                received = timeout(PING_AFTER, listener.try_recv()) => match received {
                    Err(_) => ping(&mut listener).await?,
                    Ok(received) => match received? {
                        None => return Ok(()),
                        // The parts of this host had it when it was sent.
                        Some(hint) if hint.process_id() == own_pid => {}
                        Some(hint) => self.take(&hint),
                    },
                },
                hints = self.outbox.next() => send(&mut listener, &hints).await?,
            }
        }
    }

    fn take(&self, hint: &PgNotification) {
        match hint.channel() {
            "tasker_ended" => {
                for task in outbox::tasks_of(hint.payload()) {
                    drop(self.ended.send(task));
                }
            }
            "tasker_registry" => self.registry.send_modify(|hints| *hints += 1),
            _ => self.ready.notify_one(),
        }
    }
}

async fn backend_pid(listener: &mut PgListener) -> Result<u32, DatabaseError> {
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(listener)
        .await?;
    Ok(pid.unsigned_abs())
}

async fn send(listener: &mut PgListener, hints: &Hints) -> Result<(), DatabaseError> {
    let statement =
        "select pg_notify(channel, payload) from unnest($1, $2) as h (channel, payload)";
    let (channels, payloads) = hints.messages();
    let sent = sqlx::query(statement)
        .bind(channels)
        .bind(payloads)
        .execute(listener);
    let sent = timeout(PING_TIMEOUT, sent).await;
    sent.unwrap_or_else(|_| Err(CallTimeout::error("a notification", PING_TIMEOUT)))?;
    Ok(())
}

/// A connection that a network swallowed is silent, as one is on which nothing happens.
async fn ping(listener: &mut PgListener) -> Result<(), DatabaseError> {
    let answer = timeout(PING_TIMEOUT, listener.execute(sqlx::raw_sql("select 1"))).await;
    answer.unwrap_or_else(|_| Err(CallTimeout::error("a ping", PING_TIMEOUT)))?;
    Ok(())
}

impl Database {
    /// False behind a pooler, which would pass hints to another client of the session.
    fn may_listen(&self) -> bool {
        self.pools.server.session() != SessionKind::Transaction
    }

    /// A connection of its own, which listens.
    async fn listener(&self) -> Result<PgListener, DatabaseError> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(CONNECT_TIMEOUT)
            .max_lifetime(None)
            .idle_timeout(None)
            .test_before_acquire(false)
            .connect_lazy_with(self.pools.options.clone());
        let listening = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            let channels = ["tasker_ready", "tasker_ended", "tasker_registry"];
            listener.listen_all(channels).await?;
            Ok(listener)
        };
        let listener = timeout(CONNECT_TIMEOUT, listening).await;
        let late = |_| Err(CallTimeout::error("listening", CONNECT_TIMEOUT));
        Ok(listener.unwrap_or_else(late)?)
    }
}
