//! Finds out whether a connection pooler lies between, and in which mode.

use super::super::pool::{CONNECT_TIMEOUT, CallTimeout, Pool, SessionKind};
use super::error::{ConnectError, ConnectFailure};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions as _, Error, Executor as _, Row as _, SqlSafeStr};
use std::time::Duration;
use tokio::time::timeout;

/// How long one question may take.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// Which of two connections asks next for its server process. A pooler that lends sessions for a
/// transaction gives both the same one, or one of them another than before; irregular, so that this
/// holds where it lends them in turn.
const ASKING: [usize; 10] = [0, 0, 1, 0, 1, 1, 1, 0, 0, 1];

/// Connects, with our settings where they are taken, and says whose sessions these are.
pub(crate) async fn find_out(pool: &Pool) -> Result<SessionKind, ConnectError> {
    let plain = pool.options();
    let ours = pool.session_options();
    let told = |error| ConnectError::new(plain, error);
    let (options, is_taken) = match connect(&ours).await {
        Ok(mut first) => {
            let is_taken = takes_settings(&mut first, pool).await.map_err(told)?;
            (ours, is_taken)
        }
        Err(error) if ConnectFailure::of(&error) == ConnectFailure::NoSettings => {
            (plain.clone(), false)
        }
        Err(error) => return Err(told(error)),
    };
    match (lends_sessions(&options).await, is_taken) {
        (Ok(true), _) => Ok(SessionKind::Transaction),
        (Ok(false), true) => Ok(SessionKind::Direct),
        (Ok(false), false) => Ok(SessionKind::Session),
        // A second connection is more than there is: no pooler would be so poor.
        (Err(error), true) if ConnectFailure::of(&error) == ConnectFailure::TooManyConnections => {
            Ok(SessionKind::Direct)
        }
        (Err(error), _) => Err(told(error)),
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    let connected = timeout(CONNECT_TIMEOUT, options.connect()).await;
    connected.unwrap_or_else(|_| Err(CallTimeout::error("connecting", CONNECT_TIMEOUT)))
}

/// False if a pooler dropped them without a word.
async fn takes_settings(connection: &mut PgConnection, pool: &Pool) -> Result<bool, Error> {
    let setting = "select setting from pg_settings where name = 'statement_timeout'";
    let found: String = ask(connection, setting).await?.try_get(0)?;
    Ok(found == pool.statement_timeout_ms())
}

/// Whether two connections are given the same server process, or one is given several.
async fn lends_sessions(options: &PgConnectOptions) -> Result<bool, Error> {
    let mut connections = [connect(options).await?, connect(options).await?];
    let mut seen = [None, None];
    for index in ASKING {
        let pid = server_process(&mut connections[index]).await?;
        let is_other = seen[index].is_some_and(|before| before != pid);
        let is_same_as_others = seen[1 - index] == Some(pid);
        if is_other || is_same_as_others {
            return Ok(true);
        }
        seen[index] = Some(pid);
    }
    Ok(false)
}

/// In a transaction of several statements, which not every pooler allows.
async fn server_process(connection: &mut PgConnection) -> Result<i32, Error> {
    let begin = connection.execute(sqlx::raw_sql("begin"));
    limited(begin).await?;
    let pid: String = ask(connection, "select pg_backend_pid()::text")
        .await?
        .try_get(0)?;
    limited(connection.execute(sqlx::raw_sql("commit"))).await?;
    pid.parse().map_err(|error| Error::Decode(Box::new(error)))
}

async fn ask(connection: &mut PgConnection, question: impl SqlSafeStr) -> Result<PgRow, Error> {
    limited(connection.fetch_one(sqlx::raw_sql(question))).await
}

async fn limited<T>(asking: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let answer = timeout(ASK_TIMEOUT, asking).await;
    answer.unwrap_or_else(|_| Err(CallTimeout::error("a statement", ASK_TIMEOUT)))
}
