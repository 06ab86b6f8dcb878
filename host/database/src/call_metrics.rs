//! How calls go, by the SQL function that they call.

use sqlx::postgres::{PgArguments, PgStatement};
use sqlx::{Execute, Postgres, SqlStr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tasker_telemetry::catalog::{CALL_DURATION, CALL_FAILURES};
use tasker_telemetry::{BoundedLabels, Counter, Histogram, OTHER, Samples};

/// Functions that have values of their own; those beyond share one.
const MAX_FUNCTIONS: usize = 100;
/// What the names of functions begin with.
const SCHEMA: &str = "tasker.";

/// By function; statements without one share one.
#[derive(Debug)]
pub(crate) struct CallMetrics(BoundedLabels<Calls>);

#[derive(Debug)]
struct Calls {
    duration: Histogram,
    failures: Counter,
}

impl Default for CallMetrics {
    fn default() -> Self {
        let calls = || Calls {
            duration: Histogram::of(&CALL_DURATION),
            failures: Counter::default(),
        };
        Self(BoundedLabels::new(MAX_FUNCTIONS, calls))
    }
}

impl CallMetrics {
    pub(crate) fn count(&self, sql: &SeenSql, took: Duration, is_failure: bool) {
        let sql = sql.0.get();
        let calls = self
            .0
            .get(sql.map_or(OTHER, |sql| function_of(sql.as_str())));
        calls.duration.observe_time(took);
        if is_failure {
            calls.failures.add(1);
        }
    }

    pub(crate) fn sample(&self, samples: &mut Samples) {
        for (function, calls) in self.0.iter() {
            samples.histogram(&CALL_DURATION, &[function], &calls.duration);
            samples.counter(&CALL_FAILURES, &[function], &calls.failures);
        }
    }
}

/// The function that a statement calls, the first if there are several.
fn function_of(sql: &str) -> &str {
    let mut names = sql.match_indices(SCHEMA).filter_map(|(at, _)| {
        let rest = &sql[at + SCHEMA.len()..];
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let end = rest.bytes().position(|byte| !is_name(byte))?;
        rest[end..].starts_with('(').then(|| &rest[..end])
    });
    names.next().unwrap_or(OTHER)
}

/// The text of a query, once the driver has asked for it.
#[derive(Clone, Default)]
pub(crate) struct SeenSql(Arc<OnceLock<SqlStr>>);

/// A query that notes its text as it is sent.
pub(crate) struct SeenQuery<E> {
    pub(crate) query: E,
    pub(crate) sql: SeenSql,
}

impl<'q, E: Execute<'q, Postgres>> Execute<'q, Postgres> for SeenQuery<E> {
    fn sql(self) -> SqlStr {
        let sql = self.query.sql();
        self.sql.0.get_or_init(|| sql.clone());
        sql
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.query.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, sqlx::error::BoxDynError> {
        self.query.take_arguments()
    }

    fn persistent(&self) -> bool {
        self.query.persistent()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_counted_under_its_function() {
        for (sql, function) in [
            ("select * from tasker.claim_ready($1, $2)", "claim_ready"),
            (
                "select 1 from tasker.namespace n where tasker.clock() > $1",
                "clock",
            ),
            ("select 1 from tasker.namespace", OTHER),
            ("select tasker.", OTHER),
        ] {
            assert_eq!(function_of(sql), function, "{sql}");
        }
    }
}
