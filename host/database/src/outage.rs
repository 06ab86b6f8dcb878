//! How an outage of the database is described to callers, who are asked to retry.

use super::DatabaseError;
use super::pool::{NoEntry, TooManyConnections};
use std::io::{self, ErrorKind};
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};

impl DatabaseError {
    /// The state of the database, in words that reveal nothing internal to a caller.
    pub fn outage(&self) -> &'static str {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => {
                of_sqlstate(&error.code().unwrap_or_default())
            }
            Self::Sql(sqlx::Error::Io(error)) => of_io(error),
            Self::Sql(sqlx::Error::PoolTimedOut) => {
                "all of the host's connections to the database are busy"
            }
            Self::Sql(sqlx::Error::PoolClosed) => {
                "the host has closed its connections to the database"
            }
            Self::Sql(_) | Self::Url(..) | Self::Corrupt(_) => LOST,
        }
    }
}

impl Report for DatabaseError {
    fn report(&self) -> ErrorReport {
        match self.is_transient() {
            true => ErrorReport::new(ErrorClass::Unavailable, "database_unavailable")
                .detail(format!("{}; try again", self.outage())),
            false => ErrorReport::internal(),
        }
    }
}

const LOST: &str = "the database does not answer";
const NO_CONNECTION: &str = "the database refuses further connections: it has too many";

fn of_sqlstate(code: &str) -> &'static str {
    match code {
        "53300" => NO_CONNECTION,
        "53100" => "the database's disk is full",
        "53200" => "the database is out of memory",
        "25006" => "the database is read-only, as in a failover",
        "55P03" | "57014" => "the database took too long",
        "57P01" | "57P02" | "57P03" => "the database is starting or stopping",
        "40001" | "40P01" => "the database had a conflict",
        _ => LOST,
    }
}

fn of_io(error: &io::Error) -> &'static str {
    let is_short = error
        .get_ref()
        .is_some_and(|inner| inner.is::<TooManyConnections>());
    let is_refused = error.get_ref().is_some_and(|inner| inner.is::<NoEntry>());
    match error.kind() {
        _ if is_short => NO_CONNECTION,
        _ if is_refused => "the database refuses the host's login",
        ErrorKind::TimedOut => "the database did not answer in time",
        ErrorKind::ConnectionRefused | ErrorKind::NotFound => "the database is not running",
        _ => LOST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::CallTimeout;
    use std::time::Duration;

    #[test]
    fn a_call_that_ran_out_of_time_is_distinguished_from_a_lost_connection() {
        let late = CallTimeout::error("a statement", Duration::from_secs(1));
        assert!(DatabaseError::Sql(late).outage().contains("in time"));
        let lost = sqlx::Error::Io(ErrorKind::ConnectionReset.into());
        assert_eq!(DatabaseError::Sql(lost).outage(), LOST);
    }
}
