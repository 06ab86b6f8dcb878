//! What hosts give as metrics about the database.

use super::{Graph, Session, engine};
use serde_json::Value;

/// What a new look finds; counts of the log are as of the look before.
async fn look(session: &mut Session) -> Value {
    session.later("10 seconds").await;
    let found: String = session
        .one("select tasker.observe('5 seconds')::text")
        .await;
    serde_json::from_str(&found).unwrap()
}

/// Rows of the log of one kind and state.
fn rows(found: &Value, kind: &str, state: &str) -> u64 {
    let counts = found["log_count"].as_array().into_iter().flatten();
    let of = counts.filter(|count| count["kind"] == kind && count["state"] == state);
    of.map(|count| count["rows"].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn every_transition_is_counted_once_from_the_first_look_on() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 3).await;
    look(&mut session).await;
    session.create_many(version, 2).await;
    session.claim(worker, 10).await;
    look(&mut session).await;
    let found = look(&mut session).await;
    assert_eq!(rows(&found, "task", "pending"), 2, "{found}");
    assert_eq!(rows(&found, "step", "running"), 5, "{found}");
    let again = look(&mut session).await;
    assert_eq!(again["log_count"], found["log_count"]);
    assert_eq!(again["log_uncounted"], 0);
}

#[tokio::test]
async fn the_queue_is_counted_by_namespace_with_the_time_of_its_oldest_step() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 3).await;
    let found = look(&mut session).await;
    let queue = found["queue"].as_array().unwrap();
    assert_eq!(queue.len(), 1, "{found}");
    assert_eq!(
        (&queue[0]["due"], &queue[0]["delayed"]),
        (&3.into(), &0.into())
    );
    let oldest = queue[0]["oldest_seconds"].as_f64().unwrap();
    assert!((10.0..20.0).contains(&oldest), "{oldest}");
    assert_eq!(found["open_tasks"]["pending"], 3);
}

#[tokio::test]
async fn within_its_age_a_look_is_everybodys_and_nobody_waits_for_one_under_way() {
    let (database, mut session, _) = engine().await;
    let first = look(&mut session).await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 1).await;
    let observe = "select tasker.observe('1 hour')::text";
    let same: String = session.one(observe).await;
    assert_eq!(serde_json::from_str::<Value>(&same).unwrap(), first);

    let mut busy = database.pool().begin().await.unwrap();
    sqlx::query("select from tasker.observation for update")
        .execute(&mut *busy)
        .await
        .unwrap();
    let old = look(&mut session).await;
    assert_eq!(old, first);
}

#[tokio::test]
async fn what_holds_the_log_back_is_known_by_its_age() {
    let (database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    look(&mut session).await;
    let mut foreign = database.pool().begin().await.unwrap();
    sqlx::query("lock table tasker.transition in row exclusive mode")
        .execute(&mut *foreign)
        .await
        .unwrap();
    session.create_many(version, 1).await;
    let found = look(&mut session).await;
    assert!(
        found["log_writer_seconds"].as_f64().unwrap() >= 0.0,
        "{found}"
    );
    let later = look(&mut session).await;
    assert_eq!(later["log_lag_seconds"], 10.0, "{later}");
    foreign.rollback().await.unwrap();
    let after = look(&mut session).await;
    assert_eq!(after["log_writer_seconds"], Value::Null, "{after}");
    assert_eq!(after["log_lag_seconds"], 0, "{after}");
}

#[tokio::test]
async fn statistics_and_subscriptions_say_how_far_they_are_behind() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 1).await;
    let found = look(&mut session).await;
    assert!(
        found["statistics"]["uncounted"].as_i64().unwrap() > 0,
        "{found}"
    );
    assert_eq!(found["statistics"]["behind_seconds"], Value::Null);
    assert_eq!(found["subscriptions"]["active"], 0);
    session
        .run(
            "insert into tasker.subscription (namespace_id, name, kind, target, secrets, seq, seq_index, attempts, pending_at, created_by)
             select 1, 's' || n, 'webhook', 'https://example.org', '{a}', 0, 0, 2 * n, tasker.clock() - n * interval '1 minute', 'me'
             from generate_series(1, 2) n",
        )
        .await;
    let found = look(&mut session).await;
    let subscriptions = &found["subscriptions"];
    assert_eq!(
        (&subscriptions["active"], &subscriptions["failing"]),
        (&2.into(), &1.into())
    );
    let lag = subscriptions["lag_seconds"].as_f64().unwrap();
    assert!((120.0..150.0).contains(&lag), "{lag}");
}

#[tokio::test]
async fn a_paused_namespace_is_marked_in_the_queue() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 1).await;
    assert_eq!(look(&mut session).await["queue"][0]["is_paused"], false);
    session
        .run("insert into tasker.queue_rule (namespace_id, is_paused, set_by) values (1, true, 'me')")
        .await;
    assert_eq!(look(&mut session).await["queue"][0]["is_paused"], true);
}
