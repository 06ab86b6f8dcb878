//! What is stored with a position, as hosts store it.

use crate::harness::TestDatabase;
use sqlx::{Postgres, Transaction};
use std::time::{Duration, Instant};
use tasker_database::Database;
use tasker_domain::kv::{Expected, KvWrite};
use tasker_domain::subscription::SubscriptionKind;
use tasker_domain::usage::Usage;
use tasker_engine::Engine;
use tasker_engine::subscription::{
    DeliveryLease, HandledEvent, HandledStored, NewRun, RunFailure, StoredCursor,
};
use tasker_engine::usage::VersionUsage;

struct Stored {
    database: TestDatabase,
    engine: Engine,
    lease: DeliveryLease,
}

impl Stored {
    /// A subscription at position 10 that a host has.
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let engine = Engine::new(Database::open(database.options(), 4));
        sqlx::raw_sql(
            "insert into tasker.namespace (name) values ('shop');
             insert into tasker.subscription (namespace_id, name, kind, target, secrets, seq, seq_index, attempts, created_by)
             select namespace_id, 'count', 'component', 'component:counter/count@*', '{}', 10, 0, 2, 'ada'
             from tasker.namespace",
        )
        .execute(database.pool())
        .await
        .unwrap();
        let ttl = Duration::from_secs(60);
        let kinds = [SubscriptionKind::Component];
        let host = engine.renew_delivery_host(None, "host", ttl, &kinds);
        let delivery_host_id = host.await.unwrap();
        let taken = engine.take_subscriptions(delivery_host_id, 10);
        assert_eq!(taken.await.unwrap(), 1);
        let subscription_id = sqlx::query_scalar("select subscription_id from tasker.subscription")
            .fetch_one(database.pool())
            .await
            .unwrap();
        let lease = DeliveryLease {
            delivery_host_id,
            subscription_id,
            moves: 0,
        };
        Self {
            database,
            engine,
            lease,
        }
    }

    async fn store(&self, lease: DeliveryLease, seq: i64, writes: &[KvWrite]) -> HandledStored {
        self.store_letter(lease, seq, writes, None).await
    }

    async fn store_letter(
        &self,
        lease: DeliveryLease,
        seq: i64,
        writes: &[KvWrite],
        dead_letter_id: Option<i64>,
    ) -> HandledStored {
        let handled = HandledEvent {
            seq,
            seq_index: 0,
            dead_letter_id,
            pending_at: None,
            writes,
            usage: VersionUsage {
                component_version_id: 1,
                usage: Usage::default(),
            },
        };
        self.engine.store_handled(lease, &handled).await.unwrap()
    }

    /// Position, events delivered, failed tries of the next, and the values in order.
    async fn now(&self) -> (i64, i64, i32, Vec<String>) {
        let (seq, delivered, attempts) =
            sqlx::query_as("select seq, delivered, attempts from tasker.subscription")
                .fetch_one(self.database.pool())
                .await
                .unwrap();
        let values = sqlx::query_scalar("select value::text from tasker.kv order by key")
            .fetch_all(self.database.pool())
            .await
            .unwrap();
        (seq, delivered, attempts, values)
    }
}

fn write(key: &str, value: &str, expected: Expected) -> KvWrite {
    KvWrite {
        bucket: "counts".parse().unwrap(),
        key: key.to_owned(),
        value: Some(value.to_owned()),
        expected,
    }
}

#[tokio::test]
async fn a_repeated_call_stores_once() {
    let stored = Stored::new().await;
    let write_one = [write("a", "1", Expected::Nothing)];
    for _ in 0..2 {
        let done = stored.store(stored.lease, 11, &write_one).await;
        assert_eq!(done, HandledStored::Stored);
        assert_eq!(stored.now().await, (11, 1, 0, vec!["1".to_owned()]));
    }
}

#[tokio::test]
async fn a_host_without_the_subscription_stores_nothing() {
    let stored = Stored::new().await;
    let write_one = [write("a", "1", Expected::Anything)];
    let others = DeliveryLease {
        delivery_host_id: stored.lease.delivery_host_id + 1,
        ..stored.lease
    };
    let before_a_move = DeliveryLease {
        moves: -1,
        ..stored.lease
    };
    for lease in [others, before_a_move] {
        let lost = stored.store(lease, 11, &write_one).await;
        assert_eq!(lost, HandledStored::Lost);
    }
    assert_eq!(stored.now().await, (10, 0, 2, Vec::new()));
}

#[tokio::test]
async fn a_conflict_and_a_full_namespace_store_nothing() {
    let stored = Stored::new().await;
    let writes = [
        write("a", "1", Expected::Anything),
        write("b", "1", Expected::Version(7)),
    ];
    let conflict = stored.store(stored.lease, 11, &writes).await;
    let HandledStored::Conflict(which) = conflict else {
        panic!("{conflict:?}")
    };
    assert!(which.contains("counts/b"), "{which}");
    assert_eq!(stored.now().await, (10, 0, 2, Vec::new()));
    let fill = "insert into tasker.kv (namespace_id, bucket, key, value, updated_at)
                select namespace_id, 'full', n::text, '0', now()
                from tasker.namespace, generate_series(1, 10000) n";
    sqlx::raw_sql(fill)
        .execute(stored.database.pool())
        .await
        .unwrap();
    let full = stored.store(stored.lease, 11, &writes[..1]).await;
    assert!(matches!(full, HandledStored::Full(_)), "{full:?}");
    let (seq, delivered, ..) = stored.now().await;
    assert_eq!((seq, delivered), (10, 0));
}

#[tokio::test]
async fn a_dead_letter_is_handled_once_and_moves_no_position() {
    let stored = Stored::new().await;
    let letter: i64 = sqlx::query_scalar(
        "insert into tasker.dead_letter (subscription_id, seq, seq_index, type, reason, attempts, at, replay_at)
         select subscription_id, 9, 0, 'tasker.pin.set', 'no', 1, now(), now() from tasker.subscription
         returning dead_letter_id",
    )
    .fetch_one(stored.database.pool())
    .await
    .unwrap();
    let write_one = [write("a", "1", Expected::Nothing)];
    for _ in 0..2 {
        let done = stored.store_letter(stored.lease, 9, &write_one, Some(letter));
        assert_eq!(done.await, HandledStored::Stored);
        assert_eq!(stored.now().await, (10, 1, 2, vec!["1".to_owned()]));
    }
}

/// So many runs of a subscription, by the number that each logs.
fn runs(subscription_id: i32, numbers: std::ops::RangeInclusive<i64>) -> Vec<NewRun> {
    let run = |seq: i64| NewRun {
        subscription_id,
        ended: Instant::now(),
        seq,
        seq_index: 0,
        attempt: 1,
        rollouts: Vec::new(),
        usage: VersionUsage {
            component_version_id: 1,
            usage: Usage::default(),
        },
        failure: None,
        lines: None,
    };
    numbers.map(run).collect()
}

impl Stored {
    /// The oldest and the newest run that are kept, by number and by event, and how many.
    async fn kept_runs(&self) -> (Option<i64>, Option<i64>, Option<i64>, i64) {
        sqlx::query_as(
            "select min(run_no), max(run_no), max(seq), count(*) from tasker.subscriber_run",
        )
        .fetch_one(self.database.pool())
        .await
        .unwrap()
    }
}

#[tokio::test]
async fn the_newest_thousand_runs_of_a_subscription_are_kept_and_those_of_a_removed_one_are_left_out()
 {
    let stored = Stored::new().await;
    let id = stored.lease.subscription_id;
    for first in (1..=1_201).step_by(400) {
        let mut batch = runs(id, first..=first + 399);
        batch.extend(runs(id + 1, 1..=2));
        let left = stored.engine.store_runs(&batch).await.unwrap();
        assert_eq!(left, [0; 0]);
    }
    assert_eq!(
        stored.kept_runs().await,
        (Some(601), Some(1_600), Some(1_600), 1_000)
    );
}

#[tokio::test]
async fn a_failure_that_the_database_could_not_store_whole_is_cut() {
    let stored = Stored::new().await;
    let mut run = runs(stored.lease.subscription_id, 1..=1);
    run[0].failure = Some(RunFailure {
        kind: "failed",
        code: "a\0b".to_owned(),
        message: "é".repeat(1_000),
    });
    stored.engine.store_runs(&run).await.unwrap();
    let (code, bytes): (String, i32) = sqlx::query_as(
        "select failure_code, octet_length(failure_message) from tasker.subscriber_run",
    )
    .fetch_one(stored.database.pool())
    .await
    .unwrap();
    assert_eq!((code.as_str(), bytes), ("a\u{fffd}b", 1_024));
}

#[tokio::test]
async fn runs_go_once_the_namespace_keeps_no_task_as_long() {
    let stored = Stored::new().await;
    let runs = runs(stored.lease.subscription_id, 1..=10);
    stored.engine.store_runs(&runs).await.unwrap();
    sqlx::raw_sql(
        "update tasker.subscriber_run set at = at - interval '2 hours' where run_no <= 4",
    )
    .execute(stored.database.pool())
    .await
    .unwrap();
    let keep = async |state: &str, ms: i64| {
        sqlx::query(
            "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
             select namespace_id, $1::tasker.task_state, $2, 'ada', now() from tasker.namespace",
        )
        .bind(state)
        .bind(ms)
        .execute(stored.database.pool())
        .await
        .unwrap();
    };
    let walk = async || {
        sqlx::raw_sql("update tasker.run_walk set next_at = '-infinity'")
            .execute(stored.database.pool())
            .await
            .unwrap();
        stored.engine.expire_runs(100).await.unwrap().expired
    };
    keep("complete", 60_000).await;
    keep("error", 3_600_000).await;
    // Tasks that were cancelled are kept for ever.
    assert_eq!(walk().await, 0);
    keep("cancelled", 60_000).await;
    assert_eq!((walk().await, walk().await), (4, 0));
    assert_eq!(stored.kept_runs().await.0, Some(5));
    // The next walk is not due yet.
    assert!(!stored.engine.expire_runs(1).await.unwrap().is_more_due);
}

/// A second subscription, which no host has, and the first locked by somebody.
async fn one_of_two_locked(stored: &Stored) -> (i32, Transaction<'static, Postgres>) {
    let pool = stored.database.pool();
    let other = sqlx::query_scalar(
        "insert into tasker.subscription (namespace_id, name, kind, target, secrets, seq, seq_index, created_by)
         select namespace_id, 'other', 'component', 'component:counter/count@*', '{}', 10, 0, 'ada' from tasker.namespace
         returning subscription_id",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    let mut somebody = pool.begin().await.unwrap();
    sqlx::query("select from tasker.subscription where subscription_id = $1 for update")
        .bind(stored.lease.subscription_id)
        .execute(&mut *somebody)
        .await
        .unwrap();
    (other, somebody)
}

#[tokio::test]
async fn runs_of_a_subscription_that_somebody_has_locked_wait_and_delay_no_other() {
    let stored = Stored::new().await;
    let (other, somebody) = one_of_two_locked(&stored).await;
    let locked = stored.lease.subscription_id;
    let mut both = runs(locked, 1..=2);
    both.extend(runs(other, 1..=3));
    assert_eq!(stored.engine.store_runs(&both).await.unwrap(), [locked]);
    assert_eq!(stored.kept_runs().await, (Some(1), Some(3), Some(3), 3));
    somebody.rollback().await.unwrap();
    let left = stored
        .engine
        .store_runs(&runs(locked, 1..=2))
        .await
        .unwrap();
    assert_eq!(left, [0; 0]);
    assert_eq!(stored.kept_runs().await.3, 5);
}

#[tokio::test]
async fn the_position_of_a_subscription_that_somebody_has_locked_waits_and_delays_no_other() {
    let stored = Stored::new().await;
    let (other, somebody) = one_of_two_locked(&stored).await;
    let (locked, host) = (stored.lease.subscription_id, stored.lease.delivery_host_id);
    let taken = stored.engine.take_subscriptions(host, 10).await.unwrap();
    assert_eq!(taken, 1);
    let both = [locked, other].map(|subscription_id| StoredCursor {
        subscription_id,
        moves: 0,
        seq: 20,
        seq_index: 0,
        delivered: 1,
        pending_at: None,
    });
    let positions = async || {
        let seqs = "select array_agg(seq order by subscription_id) from tasker.subscription";
        let seqs = sqlx::query_scalar::<_, Vec<i64>>(seqs);
        seqs.fetch_one(stored.database.pool()).await.unwrap()
    };
    let left = stored.engine.store_cursors(host, &both).await.unwrap();
    assert_eq!((left, positions().await), (vec![locked], vec![10, 20]));
    somebody.rollback().await.unwrap();
    let left = stored.engine.store_cursors(host, &both[..1]).await.unwrap();
    assert_eq!((left, positions().await), (vec![], vec![20, 20]));
}
