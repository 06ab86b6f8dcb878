//! Namespaces follow the retention for all unless they have their own.

use super::retention::{batch, delete_all, ended, keep, rows_of};
use super::{Graph, Session, engine};

/// Has all namespaces keep tasks in a state for that long, unless they have a rule of their own.
async fn keep_by_default(session: &mut Session, state: &str, time: &str) {
    session
        .run(&format!(
            "insert into tasker.retention_default (state, keep_ms, set_by)
             values ('{state}', extract(epoch from interval '{time}') * 1000, 'ada')
             on conflict (state) do update set keep_ms = excluded.keep_ms"
        ))
        .await;
}

/// Gives the namespace of these tasks another one that has no rule.
async fn other_namespace(session: &mut Session, template: i32) {
    session
        .run(&format!(
            "insert into tasker.namespace (name) values ('other');
             update tasker.template
             set namespace_id = (select namespace_id from tasker.namespace where name = 'other')
             where template_id = {template}"
        ))
        .await;
}

#[tokio::test]
async fn a_namespace_follows_the_rule_for_all_unless_it_has_its_own() {
    let (_database, mut session, _) = engine().await;
    let one = Graph::single().publish(&mut session).await;
    let other = Graph::single().publish(&mut session).await;
    other_namespace(&mut session, other).await;
    keep(&mut session, one, "error", "1 day").await;
    keep_by_default(&mut session, "complete", "10 days").await;
    let own = ended(&mut session, one, "complete", "1 year", 2).await;
    let due = ended(&mut session, one, "error", "2 days", 2).await;
    let inherited = ended(&mut session, other, "complete", "11 days", 2).await;
    let young = ended(&mut session, other, "complete", "9 days", 2).await;
    assert_eq!(delete_all(&mut session).await, 4);
    assert_eq!(rows_of(&mut session, &due).await.0, 0);
    assert_eq!(rows_of(&mut session, &inherited).await.0, 0);
    assert_eq!(rows_of(&mut session, &own).await.0, 2);
    assert_eq!(rows_of(&mut session, &young).await.0, 2);

    keep_by_default(&mut session, "complete", "5 days").await;
    session.later("2 minutes").await;
    assert_eq!(delete_all(&mut session).await, 2, "a shorter time");
    let fresh = ended(&mut session, other, "complete", "6 days", 2).await;
    session.run("delete from tasker.retention_default").await;
    session.later("1 day").await;
    assert_eq!(delete_all(&mut session).await, 0, "no rule is left");
    assert_eq!(rows_of(&mut session, &fresh).await.0, 2);
    let left = "select count(*) from tasker.retention where is_inherited";
    assert_eq!(session.one::<i64>(left).await, 0);
}

#[tokio::test]
async fn a_rule_for_all_that_is_gone_is_not_followed_even_before_the_minute_is_over() {
    let (_database, mut session, _) = engine().await;
    let one = Graph::single().publish(&mut session).await;
    keep_by_default(&mut session, "complete", "1 day").await;
    ended(&mut session, one, "complete", "2 days", 2).await;
    assert_eq!(
        batch(&mut session, 1).await,
        (0, true),
        "it is followed from now on"
    );
    assert_eq!(batch(&mut session, 1).await, (1, true));
    session
        .run(
            "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
             values (1, 'error', 60000, 'ada', 'infinity')",
        )
        .await;
    assert_eq!(
        batch(&mut session, 1).await,
        (0, false),
        "the namespace has its own"
    );
    session
        .run("delete from tasker.retention where not is_inherited")
        .await;
    assert_eq!(batch(&mut session, 1).await, (1, true));
    ended(&mut session, one, "complete", "2 days", 1).await;
    session.run("delete from tasker.retention_default").await;
    assert_eq!(batch(&mut session, 1).await, (0, false), "there is none");
}

#[tokio::test]
async fn following_the_rule_for_all_waits_for_no_namespace() {
    let (database, mut session, _) = engine().await;
    let one = Graph::single().publish(&mut session).await;
    other_namespace(&mut session, one).await;
    keep_by_default(&mut session, "complete", "1 day").await;
    let mut other = Session::new(&database).await;
    other.begin().await;
    other
        .run("select from tasker.namespace where name = 'other' for no key update")
        .await;
    let followers = "select count(*) from tasker.retention r
                     join tasker.namespace n using (namespace_id) where n.name = 'other'";
    assert_eq!(batch(&mut session, 1).await.0, 0);
    assert_eq!(session.one::<i64>(followers).await, 0);
    other.commit().await;
    session.later("2 minutes").await;
    assert_eq!(batch(&mut session, 1).await.0, 0);
    assert_eq!(session.one::<i64>(followers).await, 1);
}
