//! What must hold whatever was killed, asked of the database.

use super::load::{Acknowledged, TEMPLATES};
use crate::harness::WRONG_IN_QUEUE;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

/// What must not be in any run of tasks: a name, and a query that counts it.
const INVARIANTS: &str = include_str!("invariants.sql");

/// What must not be besides where every task is to complete.
const MUST_NOT_BE: [(&str, &str); 4] = [
    (
        "tasks_not_complete",
        "select count(*) from tasker.task where state <> 'complete'",
    ),
    (
        "results_missing",
        "select count(*) from tasker.step where state <> 'complete' or result is null",
    ),
    (
        "tasks_that_did_not_begin_and_end_once",
        "select count(*) from tasker.task t
         where (select array_agg(r.to_state order by r.seq) from tasker.transition r
                where r.task_id = t.task_id and r.step_no is null)
               is distinct from array['pending', 'in_progress', 'complete']",
    ),
    ("steps_wrong_in_the_queue", WRONG_IN_QUEUE),
];

const FIGURES: &str = "
    select count(*) as steps, coalesce(sum(s.attempt), 0) as attempts,
           coalesce(sum(s.worker_losses), 0) as lost, coalesce(sum(s.free_attempts - s.worker_losses), 0) as given_back
    from tasker.step s";

/// Whether no task is open; fails where one has failed.
pub async fn is_over(pool: &PgPool) -> Option<()> {
    let open = "select count(*) from tasker.task where finished_at is null";
    (count(pool, open).await == 0).then_some(())
}

/// Checks all, with what was seen wrongly by others, and prints the figures as one JSON object.
pub async fn check(
    pool: &PgPool,
    acknowledged: &[Acknowledged],
    seen: &[Value],
    killed: Value,
    took: Duration,
) {
    let mut figures = json!({"killed": killed, "seconds": took.as_secs()});
    figures["tasks"] = count(pool, "select count(*) from tasker.task").await.into();
    figures["requests"] = acknowledged
        .iter()
        .map(|it| it.requests)
        .sum::<usize>()
        .into();
    figures["tasks_acknowledged"] = acknowledged.len().into();
    let (steps, attempts, lost, given_back): (i64, i64, i64, i64) =
        sqlx::query_as(FIGURES).fetch_one(pool).await.unwrap();
    figures["steps"] = steps.into();
    figures["attempts"] = attempts.into();
    figures["attempts_lost_with_their_host"] = lost.into();
    figures["attempts_given_back"] = given_back.into();
    let mut wrong = json!({
        "tasks_lost": lost_tasks(pool, acknowledged).await,
        "tasks_doubled": doubled_tasks(pool, acknowledged).await,
        "wrong_results": wrong_results(pool).await,
    });
    for (what, query) in MUST_NOT_BE.into_iter().chain(invariants()) {
        wrong[what] = count(pool, query).await.into();
    }
    let counts = wrong.as_object_mut().unwrap();
    for seen in seen {
        counts.extend(seen.as_object().unwrap().clone());
    }
    let is_right = wrong.as_object().unwrap().values().all(|count| *count == 0);
    figures["wrong"] = wrong;
    println!("{figures:#}");
    assert!(is_right, "{figures:#}");
}

fn invariants() -> impl Iterator<Item = (&'static str, &'static str)> {
    let each = INVARIANTS.split("\n\n-- ").skip(1);
    each.map(|it| it.split_once(":\n").expect("a name before each query"))
}

/// Tasks that were acknowledged and are not there.
async fn lost_tasks(pool: &PgPool, acknowledged: &[Acknowledged]) -> i64 {
    let ids = acknowledged.iter().map(|it| it.task_id.parse().unwrap());
    let ids: Vec<Uuid> = ids.collect();
    sqlx::query_scalar(
        "select count(*) from unnest($1::uuid[]) as u (task_id)
         where not exists (select from tasker.task t where t.task_id = u.task_id)",
    )
    .bind(ids)
    .fetch_one(pool)
    .await
    .unwrap()
}

/// Tasks beyond one for each key.
async fn doubled_tasks(pool: &PgPool, acknowledged: &[Acknowledged]) -> i64 {
    let mut by_key: HashMap<&str, &str> = HashMap::new();
    for it in acknowledged {
        by_key.insert(&it.key, &it.task_id);
    }
    let keys = i64::try_from(by_key.len()).unwrap();
    (count(pool, "select count(*) from tasker.task").await - keys).abs()
}

async fn wrong_results(pool: &PgPool) -> i64 {
    let (names, results): (Vec<&str>, Vec<&str>) = TEMPLATES
        .iter()
        .map(|(name, result, _)| (*name, *result))
        .unzip();
    sqlx::query_scalar(
        "select count(*)
         from tasker.task t
         join tasker.template p using (template_id)
         join unnest($1::text[], $2::text[]) as u (name, result) using (name)
         join tasker.step s on s.task_id = t.task_id and s.is_sink
         where s.result::text is distinct from u.result",
    )
    .bind(names)
    .bind(results)
    .fetch_one(pool)
    .await
    .unwrap()
}

async fn count(pool: &PgPool, query: &'static str) -> i64 {
    sqlx::query_scalar(query)
        .fetch_one(pool)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"))
}
