//! Connections to the database for one use: how many there may be, and how long each call may take.
//!
//! Every query goes through [`Pool`] or [`Transaction`], so no call is without a limit.
//! The server ends a statement at its limit; where it does not answer at all, the client gives up a
//! moment later. A connection whose call timed out or was dropped is closed at once: nobody waits for
//! it, and it never goes back. sqlx's own pool has no such rule, which is why it is not used.

mod connection;
mod demand;
mod limits;
mod server;
mod transaction;

pub use connection::Connection;
pub(crate) use limits::{CallLimits, CallTimeout};
pub(crate) use server::{NoEntry, ServerState, SessionKind, TooManyConnections};
pub use transaction::Transaction;

use super::backoff::Backoff;
use super::call_metrics::{SeenQuery, SeenSql};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, TryStreamExt as _};
use futures::{StreamExt as _, TryFutureExt as _};
use sqlx::postgres::{
    PgConnectOptions, PgConnection, PgQueryResult, PgRow, PgStatement, PgTypeInfo,
};
use sqlx::{ConnectOptions as _, Describe, Either, Error, Execute, Executor, Postgres, SqlStr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tasker_telemetry::Counter;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long the making of one connection may take: name, TCP, TLS, login.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection is closed when it was not used for this long, or is this old.
const MAX_IDLE: Duration = Duration::from_secs(10 * 60);
const MAX_AGE: Duration = Duration::from_secs(30 * 60);

/// Between tries where the server has no connection left.
const SHORTAGE_RETRY_FIRST: Duration = Duration::from_millis(50);
const SHORTAGE_RETRY_MAX: Duration = Duration::from_millis(500);

/// How long saying goodbye to the server may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Connections for one use. Clones share them; each clone has its own limits on calls.
#[derive(Clone, Debug)]
pub struct Pool {
    inner: Arc<Inner>,
    limits: CallLimits,
}

#[derive(Debug)]
struct Inner {
    max: AtomicU32,
    options: PgConnectOptions,
    /// What the sessions are set to.
    limits: CallLimits,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    returned: Notify,
    opened: Arc<AtomicU32>,
    server: Arc<ServerState>,
    /// Callers for whom no connection was free at once.
    waits: Counter,
    /// Callers who got none in time.
    timeouts: Counter,
}

/// An open connection, wherever it is.
#[derive(Debug)]
struct Open {
    raw: PgConnection,
    since: Instant,
    _counted: Counted,
}

#[derive(Debug)]
struct Idle {
    open: Open,
    since: Instant,
}

/// Counts an open connection until it is closed.
#[derive(Debug)]
struct Counted(Arc<AtomicU32>);

impl Counted {
    fn new(opened: &Arc<AtomicU32>) -> Self {
        opened.fetch_add(1, Ordering::Relaxed);
        Self(opened.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    /// Opens up to `max` connections as they are needed.
    pub(crate) fn new(
        max: u32,
        limits: CallLimits,
        options: PgConnectOptions,
        server: Arc<ServerState>,
    ) -> Self {
        let inner = Inner {
            max: AtomicU32::new(max),
            options,
            limits,
            permits: Arc::new(Semaphore::new(max as usize)),
            idle: Mutex::default(),
            returned: Notify::new(),
            opened: Arc::default(),
            server,
            waits: Counter::default(),
            timeouts: Counter::default(),
        };
        Self {
            inner: Arc::new(inner),
            limits,
        }
    }

    /// The same connections with other limits on calls.
    pub(crate) fn with_limits(&self, limits: CallLimits) -> Self {
        Self {
            inner: self.inner.clone(),
            limits,
        }
    }

    /// How this pool connects, without the settings of a session.
    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.inner.options
    }

    /// How a session of this pool begins, where nothing lies between.
    pub(crate) fn session_options(&self) -> PgConnectOptions {
        self.inner.limits.applied_to(&self.inner.options)
    }

    /// As PostgreSQL shows it for such a session.
    pub(crate) fn statement_timeout_ms(&self) -> String {
        self.inner.limits.statement.as_millis().to_string()
    }

    pub(crate) fn max(&self) -> u32 {
        self.inner.max.load(Ordering::Relaxed)
    }

    /// Allows this many connections. Of those that are lent now none is taken away: call it again later.
    pub(crate) fn resize(&self, max: u32) {
        let (permits, now) = (&self.inner.permits, self.max());
        let max = match max > now {
            true => {
                permits.add_permits((max - now) as usize);
                max
            }
            // At most the difference, so that it fits.
            false => now - permits.forget_permits((now - max) as usize) as u32,
        };
        self.inner.max.store(max, Ordering::Relaxed);
        let mut idle = self.inner.idle();
        while self.opened() > max && idle.pop().is_some() {}
    }

    /// Connections that are open now.
    pub(crate) fn opened(&self) -> u32 {
        self.inner.opened.load(Ordering::Relaxed)
    }

    /// Begins a transaction, which is rolled back unless it is committed.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        Transaction::begin(self.acquire().await?, self.local_settings()).await
    }

    /// A connection of the pool, within the time that a caller may wait for one.
    pub async fn acquire(&self) -> Result<Connection, Error> {
        let acquired = timeout(self.limits.acquire, self.acquire_without_timeout()).await;
        acquired.unwrap_or_else(|_| {
            self.inner.timeouts.add(1);
            self.inner.server.note_timeout();
            Err(self.inner.server.shortage().unwrap_or(Error::PoolTimedOut))
        })
    }

    async fn acquire_without_timeout(&self) -> Result<Connection, Error> {
        let permits = &self.inner.permits;
        let permit = match permits.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                self.inner.waits.add(1);
                let permit = permits.clone().acquire_owned().await;
                permit.map_err(|_| Error::PoolClosed)?
            }
        };
        let mut backoff = Backoff::new(SHORTAGE_RETRY_FIRST, SHORTAGE_RETRY_MAX);
        loop {
            let returned = self.inner.returned.notified();
            if let Some(open) = self.inner.take_idle() {
                return Ok(self.lend(open, permit));
            }
            match self.inner.open().await {
                Ok(open) => return Ok(self.lend(open, permit)),
                // One that another caller gives back serves as well.
                Err(error) if self.inner.server.note_shortage(&error) => tokio::select! {
                    () = returned => {}
                    () = tokio::time::sleep(backoff.delay()) => {}
                },
                Err(error) => return Err(self.inner.server.refusal(error)),
            }
        }
    }

    fn lend(&self, open: Open, permit: OwnedSemaphorePermit) -> Connection {
        Connection::new(open, permit, self.clone())
    }

    /// What a transaction has to set for itself: where sessions are not ours, everything.
    fn local_settings(&self) -> Option<String> {
        let is_shared = self.inner.server.session() == SessionKind::Transaction;
        let is_different = self.limits != self.inner.limits;
        (is_shared || is_different).then(|| self.limits.set_local())
    }

    /// Runs one query and collects what it brings.
    async fn call<'q, E>(&self, query: E) -> Result<Vec<Either<PgQueryResult, PgRow>>, Error>
    where
        E: Execute<'q, Postgres> + 'q,
    {
        let (sql, began) = (SeenSql::default(), Instant::now());
        let seen = SeenQuery {
            query,
            sql: sql.clone(),
        };
        let result = self.call_uncounted(seen).await;
        let calls = self.inner.server.calls();
        calls.count(&sql, began.elapsed(), result.is_err());
        result
    }

    async fn call_uncounted<'q, E>(
        &self,
        query: E,
    ) -> Result<Vec<Either<PgQueryResult, PgRow>>, Error>
    where
        E: Execute<'q, Postgres> + 'q,
    {
        let mut connection = self.acquire().await?;
        let Some(settings) = self.local_settings() else {
            return connection.fetch_many(query).try_collect().await;
        };
        let mut tx = Transaction::begin(connection, Some(settings)).await?;
        let found = tx.fetch_many(query).try_collect().await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Closes what is idle; what is lent is closed when it comes back. New callers are refused.
    pub(crate) async fn close(&self) {
        self.inner.permits.close();
        let idle = std::mem::take(&mut *self.inner.idle());
        let goodbyes = idle
            .into_iter()
            .map(|idle| sqlx::Connection::close(idle.open.raw));
        // A server that does not take it finds the socket closed.
        let _ = timeout(CLOSE_TIMEOUT, futures::future::join_all(goodbyes)).await;
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one that was used last, whose server process has everything at hand.
    fn take_idle(&self) -> Option<Open> {
        let mut idle = self.idle();
        idle.retain(Idle::is_young);
        idle.pop().map(|idle| idle.open)
    }

    async fn open(&self) -> Result<Open, Error> {
        let session = self.server.session();
        let options = match session {
            SessionKind::Direct => self.limits.applied_to(&self.options),
            SessionKind::Session | SessionKind::Transaction => self.options.clone(),
        };
        let opening = async {
            let mut raw = options.connect().await?;
            if session == SessionKind::Session {
                raw.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(
                    self.limits.set_session(),
                )))
                .await?;
            }
            Ok(raw)
        };
        let raw = timeout(CONNECT_TIMEOUT, opening)
            .await
            .unwrap_or_else(|_| Err(CallTimeout::error("connecting", CONNECT_TIMEOUT)))?;
        self.server.note_entry();
        Ok(Open {
            raw,
            since: Instant::now(),
            _counted: Counted::new(&self.opened),
        })
    }

    /// Takes a connection back, unless it is not wanted any more.
    fn put_back(&self, open: Open) {
        let is_old = open.since.elapsed() > MAX_AGE;
        // While the server is short of connections, no use keeps more than one that it does not need.
        let opened = self.opened.load(Ordering::Relaxed);
        let is_spare =
            opened > self.max.load(Ordering::Relaxed) || self.server.is_short() && opened > 1;
        if self.permits.is_closed() || is_old || is_spare {
            return;
        }
        let since = Instant::now();
        self.idle().push(Idle { open, since });
        self.returned.notify_one();
    }

    /// After one connection was lost, those that are idle are most likely lost too.
    fn close_idle(&self) {
        self.idle().clear();
    }
}

impl Idle {
    fn is_young(&self) -> bool {
        self.since.elapsed() < MAX_IDLE && self.open.since.elapsed() < MAX_AGE
    }
}

impl<'c> Executor<'c> for &'c Pool {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let rows = |found: Vec<_>| stream::iter(found.into_iter().map(Ok));
        stream::once(self.call(query).map_ok(rows))
            .try_flatten()
            .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let first = |found: Vec<_>| found.into_iter().find_map(Either::right);
        Box::pin(self.call(query).map_ok(first))
    }

    fn prepare_with<'e>(
        self,
        _: SqlStr,
        _: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        Box::pin(std::future::ready(Err(kept_by_none())))
    }

    fn describe<'e>(self, _: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        Box::pin(std::future::ready(Err(kept_by_none())))
    }
}

fn kept_by_none() -> Error {
    let why = "a statement is not kept: connections of a pool differ, and come and go";
    Error::Protocol(why.to_owned())
}
