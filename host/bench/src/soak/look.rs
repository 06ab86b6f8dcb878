//! What is seen each minute.

use super::super::bulk::Bulk;
use super::super::cell::Cell;
use serde::Serialize;
use std::collections::BTreeMap;

/// What must not be in any run of tasks; the crash test reads the same.
const INVARIANTS: &str = include_str!("../../../../tests/crash/invariants.sql");
const WRONG_IN_QUEUE: &str = include_str!("../../../../tests/harness/wrong_in_queue.sql");

/// The state at the end of a minute.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Minute {
    pub(super) minute: usize,
    /// Memory of each host.
    pub(super) host_mib: Vec<f64>,
    /// All tables and indexes.
    pub(super) table_mib: f64,
    #[serde(flatten)]
    pub(super) rows: Rows,
    /// Invariants that were violated, and by how many rows.
    pub(super) wrong: BTreeMap<String, i64>,
}

#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub(super) struct Rows {
    pub(super) tasks: i64,
    pub(super) open_tasks: i64,
    /// Of the oldest open task.
    pub(super) oldest_open_s: f64,
    pub(super) queued: i64,
    /// Of all tables, as the statistics say.
    pub(super) live_rows: i64,
    pub(super) dead_rows: i64,
}

pub(super) const ROWS: &str = "
    select t.tasks, t.open_tasks, t.oldest_open_s, q.queued, s.live_rows, s.dead_rows
    from (select count(*) as tasks, count(*) filter (where finished_at is null) as open_tasks,
                 coalesce(extract(epoch from now() - min(created_at) filter (where finished_at is null)), 0)::double precision
                   as oldest_open_s
          from tasker.every_task) t,
         (select count(*) as queued from tasker.queue) q,
         (select sum(n_live_tup)::bigint as live_rows, sum(n_dead_tup)::bigint as dead_rows
          from pg_stat_user_tables where schemaname = 'tasker') s";

/// Looks at a database.
pub(super) struct Looker {
    bulk: Bulk,
}

impl Looker {
    pub(super) fn new(cell: &Cell) -> Self {
        Self {
            bulk: cell.member().bulk(),
        }
    }

    /// All but the memory of the hosts.
    pub(super) async fn look(&self, minute: usize) -> anyhow::Result<Minute> {
        let mut wrong = BTreeMap::new();
        for (name, query) in invariants() {
            let rows = self.bulk.count(query).await?;
            if rows > 0 {
                wrong.insert(name.to_owned(), rows);
            }
        }
        Ok(Minute {
            minute,
            host_mib: Vec::new(),
            table_mib: self.bulk.table_mib().await?.round(),
            rows: self.bulk.one(ROWS).await?,
            wrong,
        })
    }
}

fn invariants() -> impl Iterator<Item = (&'static str, &'static str)> {
    let each = INVARIANTS.split("\n\n-- ").skip(1);
    each.filter_map(|it| it.split_once(":\n"))
        .chain([("steps_wrong_in_the_queue", WRONG_IN_QUEUE)])
}

impl Minute {
    pub(super) fn line(&self) -> String {
        let Rows {
            tasks,
            open_tasks,
            oldest_open_s,
            queued,
            live_rows,
            dead_rows,
        } = &self.rows;
        let memory: Vec<String> = self.host_mib.iter().map(f64::to_string).collect();
        let wrong = match self.wrong.is_empty() {
            true => "all invariants hold".to_owned(),
            false => format!("WRONG {:?}", self.wrong),
        };
        format!(
            "{:>3}  hosts {} MiB  tables {} MiB  {tasks} tasks, {open_tasks} open (oldest {oldest_open_s:.0} s), {queued} queued  \
             {live_rows} rows, {dead_rows} dead  {wrong}",
            self.minute,
            memory.join(" "),
            self.table_mib
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_invariant_has_a_name_and_a_query() {
        let all: Vec<_> = invariants().collect();
        assert_eq!(all.len(), 6);
        for (name, query) in all {
            assert!(
                name.bytes().all(|it| it == b'_' || it.is_ascii_lowercase()),
                "{name}"
            );
            assert!(query.starts_with("select count(*)"), "{name}: {query}");
        }
    }
}
