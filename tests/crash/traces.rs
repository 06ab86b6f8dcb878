//! A collector of traces that is there all the time, whatever is killed.

use crate::harness::wait_up_to;
use crate::otlp::receiver::{Receiver, Sent};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// A host that is killed keeps the export for some seconds, and what came meanwhile is read page by page.
const PATIENCE: Duration = Duration::from_secs(300);

/// The tasks, how many steps they have and how often these were attempted.
const TASKS: &str = "select s.task_id::text, count(*), sum(s.attempt)::bigint from tasker.step s group by s.task_id";

/// All of the log is exported.
const IS_EXPORTED: &str = "select coalesce(t.seq >= (select max(r.seq) from tasker.transition r), false) from tasker.trace_export t";

/// The receiver, to which all hosts export.
pub struct Collector {
    receiver: Receiver,
}

impl Collector {
    pub fn start() -> Self {
        Self {
            receiver: Receiver::start(),
        }
    }

    /// What hosts are told of it.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", self.receiver.http()),
            ("OTEL_METRICS_EXPORTER", "none".to_owned()),
            ("OTEL_LOGS_EXPORTER", "none".to_owned()),
            ("OTEL_BSP_SCHEDULE_DELAY", "100".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Waits until it has everything, and tells how many tasks have no trace that is whole: one root, each other span
    /// below one that is there, and each step and attempt once.
    pub async fn end(self, pool: &PgPool) -> Value {
        wait_up_to(PATIENCE, "all of the log is exported", async || {
            let is_exported: bool = sqlx::query_scalar(IS_EXPORTED).fetch_one(pool).await.ok()?;
            is_exported.then_some(())
        })
        .await;
        let mut traces: HashMap<String, Vec<Sent>> = HashMap::new();
        for span in self.receiver.spans().await {
            let trace = traces.entry(span.trace_id().to_owned()).or_default();
            trace.push(span);
        }
        let roots = traces.values().filter_map(|trace| {
            let root = trace.iter().find(|span| span.parent().is_empty())?;
            Some((root.attribute("tasker.task.id").as_str()?, trace))
        });
        let traces: HashMap<&str, &Vec<Sent>> = roots.collect();
        let tasks: Vec<(String, i64, i64)> = sqlx::query_as(TASKS).fetch_all(pool).await.unwrap();
        let is_wrong = |(task, steps, attempts): &&(String, i64, i64)| {
            let trace = traces.get(task.as_str());
            !trace.is_some_and(|trace| is_whole(trace, *steps, *attempts))
        };
        json!({"tasks_without_a_whole_trace": tasks.iter().filter(is_wrong).count()})
    }
}

fn is_whole(trace: &[Sent], steps: i64, attempts: i64) -> bool {
    let ids: HashSet<&str> = trace.iter().map(Sent::id).collect();
    let (roots, others): (Vec<&Sent>, Vec<&Sent>) =
        trace.iter().partition(|span| span.parent().is_empty());
    let of = |level: &str| others.iter().filter(|span| span.level() == level).count();
    let has = |level: &str, count: i64| i64::try_from(of(level)) == Ok(count);
    roots.len() == 1
        && others.iter().all(|span| ids.contains(span.parent()))
        && has("step", steps)
        && has("attempt", attempts)
}
