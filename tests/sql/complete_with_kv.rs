//! Writes to kv come with the completion of their step, once, or not at all.

use super::{Claim, Graph, Session, Uuid, engine_with};
use crate::harness::wait_until;
use sqlx::AssertSqlSafe;

/// A write as SQL: the bucket `b`, a key, a value (`null` removes), whether and what it expects.
type Write<'a> = (&'a str, &'a str, Option<&'a str>);

fn call(worker: i32, claim: &Claim, is_checkpoint: bool, writes: &[Write<'_>]) -> String {
    let text = |text: &str| match text {
        "null" => "null".to_owned(),
        text => format!("'{text}'"),
    };
    let list =
        |of: &dyn Fn(&Write<'_>) -> String| writes.iter().map(of).collect::<Vec<_>>().join(", ");
    format!(
        "select (select due_ms from tasker.complete_with_kv({worker}, '{}', {}::smallint, {}::int, '\"done\"', {is_checkpoint}, null,
           array[{}]::text[], array[{}]::text[], array[{}]::text[], array[{}]::bool[], array[{}]::bigint[],
           array[(1, 'orders.charged', '1')::tasker.event]))",
        claim.task_id, claim.step_no, claim.attempt,
        list(&|_| "'b'".to_owned()),
        list(&|(key, _, _)| text(key)),
        list(&|(_, value, _)| text(value)),
        list(&|(_, _, expected)| expected.is_some().to_string()),
        list(&|(_, _, expected)| expected.unwrap_or("null").to_owned()),
    )
}

impl Session {
    async fn complete_with(
        &mut self,
        worker: i32,
        claim: &Claim,
        writes: &[Write<'_>],
    ) -> Option<i64> {
        self.one(&call(worker, claim, false, writes)).await
    }

    /// `key=value`, by key.
    async fn kv(&mut self) -> String {
        self.one(
            "select coalesce(string_agg(key || '=' || value, ' ' order by key), '') from tasker.kv",
        )
        .await
    }

    async fn set(&mut self, key: &str, value: &str) -> i64 {
        self.one(&format!(
            "select tasker.set_kv(1, 'b', '{key}', '{value}', false, null, null)"
        ))
        .await
    }
}

async fn claimed(graph: Graph) -> (crate::harness::TestDatabase, Session, i32, Uuid, Claim) {
    let (database, mut session, worker, task) = engine_with(graph).await;
    let claim = session.claim_one(worker).await;
    (database, session, worker, task, claim)
}

#[tokio::test]
async fn the_result_and_the_writes_are_there_together_and_release_what_waits() {
    let (_database, mut session, worker, task, claim) = claimed(Graph::chain(2)).await;
    session.set("old", "1").await;
    let writes = [
        ("k", "1", None),
        ("new", "2", Some("null")),
        ("old", "null", None),
        ("none", "null", None),
    ];
    assert_eq!(session.complete_with(worker, &claim, &writes).await, None);
    assert_eq!(session.kv().await, "k=1 new=2");
    assert_eq!(session.steps(task).await, "complete ready");
    assert_eq!(
        session.log(task).await[3..],
        ["0 !orders.charged #1", "0 complete #1", "1 ready #0"]
    );
    let by: Uuid = session
        .one("select task_id from tasker.kv where key = 'k'")
        .await;
    assert_eq!(by, task);
}

#[tokio::test]
async fn a_call_that_is_repeated_writes_nothing_twice() {
    let (_database, mut session, worker, task, claim) = claimed(Graph::single()).await;
    let writes = [("k", "1", Some("null"))];
    session.complete_with(worker, &claim, &writes).await;
    let version: i64 = session.one("select version from tasker.kv").await;
    assert_eq!(session.complete_with(worker, &claim, &writes).await, None);
    assert_eq!(
        session.one::<i64>("select version from tasker.kv").await,
        version
    );
    assert_eq!(session.task(task).await, "complete");
}

#[tokio::test]
async fn a_void_lease_writes_nothing() {
    let (_database, mut session, _, task, claim) = claimed(Graph::single()).await;
    let other = session.worker().await;
    session
        .complete_with(other, &claim, &[("k", "1", None)])
        .await;
    assert_eq!(
        (session.kv().await, session.steps(task).await),
        (String::new(), "running".to_owned())
    );
}

#[tokio::test]
async fn a_conflict_writes_nothing_and_is_tried_again_without_counting() {
    let (_database, mut session, worker, task, claim) = claimed(Graph::single()).await;
    let version = session.set("k", "1").await;
    session.set("k", "2").await;
    let stale = version.to_string();
    let writes = [("a", "1", None), ("k", "3", Some(stale.as_str()))];
    let due_ms = session
        .complete_with(worker, &claim, &writes)
        .await
        .unwrap();
    assert!((5..=15).contains(&due_ms), "{due_ms}");
    assert_eq!(session.log(task).await[3..], ["0 waiting_for_retry #1"]);
    assert_eq!(session.kv().await, "k=2");
    assert_eq!(session.steps(task).await, "waiting_for_retry");
    assert_eq!(session.step(task, 0, "attempt - free_attempts").await, "0");
    assert_eq!(
        session.step(task, 0, "error ->> 'code'").await,
        "kv_conflict"
    );
    session.later("1 second").await;
    let again = session.claim_one(worker).await;
    assert_eq!(again.attempt, 2);
}

#[tokio::test]
async fn conflicts_in_a_row_are_reported_and_spread_out_to_a_bound() {
    let (_database, mut session, worker, task, mut claim) = claimed(Graph::single()).await;
    session.set("k", "1").await;
    let mut delays = Vec::new();
    for conflicts in 1..=14 {
        let writes = [("k", "2", Some("null"))];
        let due_ms = session.complete_with(worker, &claim, &writes).await;
        delays.push(due_ms.unwrap());
        let told = session.step(task, 0, "error ->> 'conflicts'").await;
        assert_eq!(told, conflicts.to_string());
        session.later("10 seconds").await;
        claim = session.claim_one(worker).await;
    }
    for (times, due_ms) in delays.iter().enumerate() {
        let middle = (10_i64 << times).min(5_000);
        assert!((middle / 2..=middle * 3 / 2).contains(due_ms), "{delays:?}");
    }
    let message = session.step(task, 0, "error ->> 'message'").await;
    assert_eq!(message, "kv b/k was changed by another, 14 times in a row");
    assert_eq!(session.step(task, 0, "attempt - free_attempts").await, "1");
    // Another failure in between begins anew.
    session.fail(worker, &[claim], super::BY_POLICY).await;
    session.later("1 hour").await;
    let claim = session.claim_one(worker).await;
    let writes = [("k", "2", Some("null"))];
    session.complete_with(worker, &claim, &writes).await;
    assert_eq!(session.step(task, 0, "error ->> 'conflicts'").await, "1");
}

#[tokio::test]
async fn repeated_conflicts_of_a_step_are_explained_to_people() {
    let (_database, mut session, worker, task, claim) = claimed(Graph::single()).await;
    session.set("k", "1").await;
    let writes = [("k", "2", Some("null"))];
    session.complete_with(worker, &claim, &writes).await;
    session.later("10 seconds").await;
    let claim = session.claim_one(worker).await;
    session.complete_with(worker, &claim, &writes).await;
    let why: String = session
        .one(&format!("select why from tasker.explain_steps('{task}')"))
        .await;
    assert!(
        why.starts_with(
            "attempt 2 failed for a conflict in kv, 2 times in a row; the next is due at"
        ),
        "{why}"
    );
}

#[tokio::test]
async fn what_must_not_exist_is_a_conflict_where_it_does_and_the_other_way_round() {
    for (key, expected) in [("there", "null"), ("gone", "7")] {
        let (_database, mut session, worker, task, claim) = claimed(Graph::single()).await;
        session.set("there", "1").await;
        session
            .complete_with(worker, &claim, &[(key, "2", Some(expected))])
            .await;
        assert_eq!(session.steps(task).await, "waiting_for_retry", "{key}");
        assert_eq!(session.kv().await, "there=1");
    }
}

#[tokio::test]
async fn a_key_that_was_removed_and_set_again_never_has_a_version_that_it_had() {
    let (_database, mut session, _, _, _) = claimed(Graph::single()).await;
    let first = session.set("k", "1").await;
    session
        .run("select tasker.set_kv(1, 'b', 'k', null, false, null, null)")
        .await;
    assert!(session.set("k", "1").await > first);
}

#[tokio::test]
async fn a_conflict_in_the_last_possible_attempt_ends_the_step() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    session.run("update tasker.step set attempt = tasker.attempts_max() - 1, free_attempts = attempt where step_no = 0").await;
    let claims = session.claim(worker, 2).await;
    let last = claims.iter().find(|claim| claim.step_no == 0).unwrap();
    session
        .complete_with(worker, last, &[("k", "1", Some("7"))])
        .await;
    assert_eq!(session.step(task, 0, "state").await, "error");
}

#[tokio::test]
async fn a_namespace_that_is_full_fails_the_attempt_which_writes_nothing() {
    let (_database, mut session, worker, task, claim) = claimed(Graph::single()).await;
    session
        .run(
            "insert into tasker.kv (namespace_id, bucket, key, value, updated_at)
              select 1, 'b', 'key-' || n, '1', now() from generate_series(1, 10000) n",
        )
        .await;
    session
        .complete_with(worker, &claim, &[("key-1", "2", None), ("new", "1", None)])
        .await;
    assert_eq!(session.step(task, 0, "error ->> 'code'").await, "kv_full");
    assert_eq!(session.step(task, 0, "attempt - free_attempts").await, "1");
    assert_eq!(
        session
            .one::<i64>("select count(*) from tasker.kv where value::text = '2'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_checkpoint_and_its_writes_are_kept_together() {
    let (_database, mut session, worker, task, claim) = claimed(Graph::single()).await;
    session
        .run(&call(worker, &claim, true, &[("k", "1", None)]))
        .await;
    assert_eq!(
        (session.steps(task).await, session.kv().await),
        ("ready".to_owned(), "k=1".to_owned())
    );
    assert_eq!(
        session.claim_one(worker).await.checkpoint.as_deref(),
        Some("\"done\"")
    );
}

#[tokio::test]
async fn entries_are_locked_in_the_order_of_their_keys() {
    let (database, mut session, worker, task, claim) = claimed(Graph::single()).await;
    session.set("a", "0").await;
    session.set("b", "0").await;
    let mut blocker = Session::new(&database).await;
    blocker.begin().await;
    let lock = |key: &str| format!("select from tasker.kv where key = '{key}' for update");
    blocker.run(&lock("a")).await;
    let pid = session.pid();
    let writes = [("b", "1", None), ("a", "1", None)];
    let check = async {
        blocker.wait_until_awaited_by(pid).await;
        blocker.run(&format!("{} nowait", lock("b"))).await;
        blocker.commit().await;
    };
    tokio::join!(session.complete_with(worker, &claim, &writes), check);
    assert_eq!(
        (session.kv().await, session.task(task).await),
        ("a=1 b=1".to_owned(), "complete".to_owned())
    );
}

#[tokio::test]
async fn of_two_that_expect_the_same_at_once_one_waits_and_is_tried_again() {
    let (database, mut session, worker, _) = engine_with(Graph::new(2, &[])).await;
    let claims = session.claim(worker, 2).await;
    let mut other = Session::new(&database).await;
    for key in ["new", "old"] {
        session.run("delete from tasker.kv").await;
        let version = session.set("old", "0").await.to_string();
        session.rewrite("update tasker.step set state = 'running', ready_at = null, finished_at = null, result = null").await;
        session.run("update tasker.task set state = 'in_progress', finished_at = null, remaining_sinks = 2").await;
        let expected = if key == "new" {
            "null"
        } else {
            version.as_str()
        };
        let writes = [(key, "1", Some(expected))];
        session.begin().await;
        session.complete_with(worker, &claims[0], &writes).await;
        let second = call(worker, &claims[1], false, &writes);
        let pool = database.pool();
        let waits = async {
            wait_until("the second waits for the first", async || {
                let waiting: bool = sqlx::query_scalar(AssertSqlSafe(
                    "select exists (select from pg_stat_activity where wait_event_type = 'Lock')"
                        .to_owned(),
                ))
                .fetch_one(pool)
                .await
                .unwrap();
                waiting.then_some(())
            })
            .await;
            session.commit().await;
        };
        let (due_ms, ()) = tokio::join!(other.one::<Option<i64>>(&second), waits);
        assert!(due_ms.is_some(), "{key}");
    }
}
