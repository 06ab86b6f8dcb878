//! What a subscriber wrote to kv is stored with the position of its subscription, under locks in one order.

use super::{Session, TestDatabase};

/// Rows that the call locks, in its order.
const ROWS: [&str; 4] = [
    "select from tasker.subscription for update",
    "select from tasker.dead_letter for update",
    "select from tasker.kv where key = 'a' for update",
    "select from tasker.kv where key = 'b' for update",
];

/// The event of the dead letter was handled, and wrote `b` and `a`.
const CALL: &str = "
    select h.outcome
    from tasker.subscription s, tasker.dead_letter d,
         tasker.store_handled(s.delivery_host_id, s.subscription_id, 0, 9, 0::smallint, d.dead_letter_id, null,
                              '{counts, counts}', '{b, a}', '{1, 1}', '{f, f}', '{null, null}') h";

/// A subscription that a host has, with a dead letter, and the entries `a` and `b`.
async fn subscribed() -> (TestDatabase, Session) {
    let database = TestDatabase::new().await;
    let mut session = Session::new(&database).await;
    session
        .run(
            "insert into tasker.namespace (name) values ('shop');
             insert into tasker.subscription (namespace_id, name, kind, target, secrets, seq, seq_index, created_by)
             select n.namespace_id, 'count', 'component', 'component:counter/count@*', '{}', 10, 0, 'ada'
             from tasker.namespace n;
             select tasker.take_subscriptions(tasker.renew_delivery_host(null, 'host', 1, 30000, '{component}'), 10);
             insert into tasker.dead_letter (subscription_id, seq, seq_index, type, reason, attempts, at, replay_at)
             select s.subscription_id, 9, 0, 'tasker.pin.set', 'no', 1, now(), now() from tasker.subscription s;
             insert into tasker.kv (namespace_id, bucket, key, value, updated_at)
             select n.namespace_id, 'counts', unnest('{a, b}'::text[]), '0', now() from tasker.namespace n",
        )
        .await;
    (database, session)
}

#[tokio::test]
async fn storing_locks_the_subscription_then_its_dead_letter_then_entries_by_key() {
    for (place, row) in ROWS.iter().enumerate() {
        let (database, mut session) = subscribed().await;
        let mut blocker = Session::new(&database).await;
        blocker.begin().await;
        blocker.run(row).await;
        let pid = session.pid();
        let check = async {
            blocker.wait_until_awaited_by(pid).await;
            for later in &ROWS[place + 1..] {
                blocker.run(&format!("{later} nowait")).await;
            }
            blocker.commit().await;
        };
        let (outcome, ()) = tokio::join!(session.one::<String>(CALL), check);
        assert_eq!(outcome, "stored");
        let values = "select string_agg(key || '=' || value, ' ' order by key) from tasker.kv";
        assert_eq!(session.one::<String>(values).await, "a=1 b=1");
    }
}
