//! How far a standby is behind its primary.

use super::Pool;
use sqlx::{Error, FromRow};
use std::time::Duration;

/// What a standby says of itself.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Measured {
    is_standby: bool,
    /// It is connected to its primary and has replayed all that it received.
    pub is_caught_up: bool,
    /// The age of the newest commit that it replayed; `None` if it replayed none since its start.
    behind_ms: Option<f64>,
}

pub(super) async fn measure(pool: &Pool) -> Result<Measured, Error> {
    sqlx::query_as(MEASURE).fetch_one(pool).await
}

impl Measured {
    /// How old what it shows may be, at most. It is 0 if everything is replayed, however long ago the last
    /// commit was. Otherwise the age of that commit is a bound, but one that is too high where the primary was
    /// idle before; then it is as new as it was when it had caught up, `since` ago.
    pub fn lag(&self, since: Option<Duration>) -> Result<Duration, String> {
        if !self.is_standby {
            return Err("it is not a standby".to_owned());
        }
        if self.is_caught_up {
            return Ok(Duration::ZERO);
        }
        let behind = self
            .behind_ms
            .map(|ms| Duration::from_secs_f64(ms.max(0.0) / 1_000.0));
        let bounds = [behind, since].into_iter().flatten();
        bounds
            .min()
            .ok_or_else(|| "it does not know how far it is behind".to_owned())
    }
}

// A standby that lost its primary has replayed all that it received, too, and is not caught up. Who may not see
// the statistics of its receiver sees that there is one, and not how far the primary is.
const MEASURE: &str = "
    select pg_is_in_recovery() as is_standby,
           coalesce((select greatest(pg_last_wal_receive_lsn(), w.latest_end_lsn) <= pg_last_wal_replay_lsn()
                     from pg_catalog.pg_stat_wal_receiver w), false) as is_caught_up,
           (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::float8 as behind_ms";

/// The cluster and the database: the same on a primary and its standbys.
pub(super) const IDENTITY: &str = "
    select c.system_identifier, d.oid::int8
    from pg_control_system() c
    join pg_catalog.pg_database d on d.datname = current_database()";

pub(super) const POSITION: &str =
    "select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= $1::pg_lsn";

#[cfg(test)]
mod tests {
    use super::*;

    fn lag(is_caught_up: bool, behind_ms: Option<f64>, since: Option<u64>) -> Result<u128, String> {
        let measured = Measured {
            is_standby: true,
            is_caught_up,
            behind_ms,
        };
        let lag = measured.lag(since.map(Duration::from_millis));
        lag.map(|lag| lag.as_millis())
    }

    #[test]
    fn a_standby_that_replayed_everything_is_not_behind_however_long_nothing_was_committed() {
        assert_eq!(lag(true, Some(3_600_000.0), None), Ok(0));
        assert_eq!(lag(true, None, None), Ok(0));
    }

    #[test]
    fn one_that_is_behind_is_as_old_as_its_newest_commit_or_as_the_time_since_it_had_caught_up() {
        assert_eq!(lag(false, Some(700.0), None), Ok(700));
        assert_eq!(lag(false, Some(3_600_000.0), Some(300)), Ok(300));
        assert_eq!(lag(false, Some(-5.0), Some(300)), Ok(0));
    }

    #[test]
    fn one_that_cannot_say_how_far_it_is_behind_is_not_read() {
        assert!(lag(false, None, None).is_err());
        let primary = Measured {
            is_standby: false,
            is_caught_up: false,
            behind_ms: None,
        };
        assert!(primary.lag(Some(Duration::ZERO)).is_err());
    }
}
