//! A connection that is lent to one caller.

use super::{CallTimeout, Open, Pool, SessionKind, kept_by_none};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, Stream, StreamExt as _};
use sqlx::postgres::{
    PgConnection, PgDatabaseError, PgQueryResult, PgRow, PgSeverity, PgStatement, PgTypeInfo,
};
use sqlx::{Describe, Either, Error, Execute, Executor, Postgres, SqlStr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Sleep, sleep, timeout};

/// How long the server may take to roll a transaction back before the connection is closed instead.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection that goes back to its pool when it is dropped, or is closed where a call on it did
/// not end well. Each call has the limits of the pool.
#[derive(Debug)]
pub struct Connection {
    /// Taken when it is dropped.
    open: Option<Open>,
    permit: Option<OwnedSemaphorePermit>,
    pool: Pool,
    state: State,
}

/// The state of a connection.
#[derive(Debug, Default)]
struct State {
    /// A call began and did not end; it may have been dropped.
    is_in_call: bool,
    is_lost: bool,
    /// A transaction began and was not ended.
    is_in_transaction: bool,
}

impl Connection {
    pub(super) fn new(open: Open, permit: OwnedSemaphorePermit, pool: Pool) -> Self {
        Self {
            open: Some(open),
            permit: Some(permit),
            pool,
            state: State::default(),
        }
    }

    pub(super) fn set_in_transaction(&mut self, is_in_transaction: bool) {
        self.state.is_in_transaction = is_in_transaction;
    }

    fn limit(&self) -> Duration {
        self.pool.limits.client()
    }

    /// The connection, with a call begun on it.
    fn begin_call(&mut self) -> (&mut PgConnection, &mut State) {
        let open = self.open.as_mut().expect("taken only when it is dropped");
        self.state.is_in_call = true;
        (&mut open.raw, &mut self.state)
    }

    fn keeps_statements(&self) -> bool {
        self.pool.inner.server.session() != SessionKind::Transaction
    }
}

impl State {
    fn end_call<T>(&mut self, result: &Result<T, Error>) {
        self.is_in_call = false;
        self.is_lost |= result.as_ref().is_err_and(is_lost);
    }
}

/// True if the server ended the session, or what it sent cannot be followed any more.
fn is_lost(error: &Error) -> bool {
    match error {
        Error::Database(error) => error
            .try_downcast_ref::<PgDatabaseError>()
            .is_some_and(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic)),
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
        _ => false,
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let (Some(open), Some(permit)) = (self.open.take(), self.permit.take()) else {
            return;
        };
        if self.state.is_lost || self.state.is_in_call {
            if self.state.is_lost {
                self.pool.inner.close_idle();
            }
            return;
        }
        match (self.state.is_in_transaction, Handle::try_current()) {
            (false, _) => self.pool.inner.put_back(open),
            (true, Ok(runtime)) => drop(runtime.spawn(roll_back(open, permit, self.pool.clone()))),
            (true, Err(_)) => {}
        }
    }
}

async fn roll_back(mut open: Open, permit: OwnedSemaphorePermit, pool: Pool) {
    let rollback = open.raw.execute(sqlx::raw_sql("rollback"));
    if let Ok(Ok(_)) = timeout(ROLLBACK_TIMEOUT, rollback).await {
        pool.inner.put_back(open);
    }
    drop(permit);
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let (limit, query) = (self.limit(), Query::new(query, self.keeps_statements()));
        let (raw, state) = self.begin_call();
        Box::pin(Limited {
            rows: raw.fetch_many(query),
            limit,
            timer: Box::pin(sleep(limit)),
            state,
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move {
            let (limit, query) = (self.limit(), Query::new(query, self.keeps_statements()));
            let (raw, state) = self.begin_call();
            let result = timeout(limit, raw.fetch_optional(query)).await;
            let result = result.unwrap_or_else(|_| Err(CallTimeout::error("a statement", limit)));
            state.end_call(&result);
            result
        })
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

/// The rows of one call, until its limit.
struct Limited<'c> {
    rows: BoxStream<'c, Result<Either<PgQueryResult, PgRow>, Error>>,
    limit: Duration,
    timer: Pin<Box<Sleep>>,
    state: &'c mut State,
}

impl Stream for Limited<'_> {
    type Item = Result<Either<PgQueryResult, PgRow>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = match self.rows.poll_next_unpin(cx) {
            Poll::Ready(next) => next,
            Poll::Pending => {
                std::task::ready!(self.timer.poll_unpin(cx));
                Some(Err(CallTimeout::error("a statement", self.limit)))
            }
        };
        match &next {
            Some(Ok(_)) => {}
            Some(result) => self.state.end_call(result),
            None => self.state.end_call(&Ok(())),
        }
        Poll::Ready(next)
    }
}

/// A query whose statement is prepared for this once where the session is not ours.
struct Query<E> {
    query: E,
    keeps_statements: bool,
}

impl<E> Query<E> {
    fn new(query: E, keeps_statements: bool) -> Self {
        Self {
            query,
            keeps_statements,
        }
    }
}

impl<'q, E: Execute<'q, Postgres>> Execute<'q, Postgres> for Query<E> {
    fn sql(self) -> SqlStr {
        self.query.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.query.statement()
    }

    fn take_arguments(
        &mut self,
    ) -> Result<Option<sqlx::postgres::PgArguments>, sqlx::error::BoxDynError> {
        self.query.take_arguments()
    }

    fn persistent(&self) -> bool {
        self.keeps_statements && self.query.persistent()
    }
}
