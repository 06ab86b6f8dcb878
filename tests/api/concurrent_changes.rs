//! Changes that are decided by what another request changes at the same moment.

use super::server::{Server, yaml};
use super::withdrawals::{STEPS, component, two_versions};
use crate::harness::wait_until_sql;
use crate::sandbox::guests::{misbehaving, noted};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool};
use tasker_domain::order::Seek;
use tasker_registry::store::audit::AuditFilter;

/// Waits until a request wants this row's lock.
async fn until_blocked(pool: &PgPool, query: &str) {
    let blocked = format!(
        "select exists (select from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock' and query like '%{query}%')"
    );
    wait_until_sql(pool, &blocked).await;
}

#[tokio::test]
async fn a_pin_that_is_made_while_its_version_is_yanked_or_quarantined_is_reported_too() {
    for verb in ["yank", "quarantine"] {
        let server = two_versions().await;
        let (other, third) = (server.second_host().await, server.second_host().await);
        let mut lock = third.pool().begin().await.unwrap();
        sqlx::query("select from tasker.component for update")
            .execute(&mut *lock)
            .await
            .unwrap();
        let path = component("1.1.0", verb);
        let (body, pin) = (json!({}), json!({"requirement": "=1.1.0"}));
        let withdrawn = server.post(&path, &body);
        let pinned = async {
            until_blocked(third.pool(), "tasker.component").await;
            let put = other.put("/v1/namespaces/shop/pins/component/guest", &pin);
            put.await.answered(200);
            lock.rollback().await.unwrap();
        };
        let (answer, ()) = tokio::join!(withdrawn, pinned);
        let answer = answer.answered(200);
        assert_eq!(
            answer["unresolvable_pins"],
            json!([{"namespace": "shop", "kind": "component", "target": "guest", "requirement": "=1.1.0"}]),
            "{verb}"
        );
    }
}

#[tokio::test]
async fn a_template_whose_component_is_yanked_while_it_is_published_is_refused() {
    let server = two_versions().await;
    let (other, third) = (server.second_host().await, server.second_host().await);
    let mut lock = third.pool().begin().await.unwrap();
    sqlx::query("select from tasker.template for update")
        .execute(&mut *lock)
        .await
        .unwrap();
    let second = yaml("one", "1.1.0", STEPS);
    let published = server.put_template("one", "1.1.0", &second);
    let yanked = async {
        until_blocked(third.pool(), "tasker.template").await;
        for version in ["1.0.0", "1.1.0"] {
            other
                .post(&component(version, "yank"), &json!({}))
                .await
                .answered(200);
        }
        lock.rollback().await.unwrap();
    };
    let (answer, ()) = tokio::join!(published, yanked);
    answer.refused(422, "template_cannot_run");
    let version = "/v1/namespaces/shop/templates/one/versions/1.1.0";
    server.get(version).await.refused(404, "unknown_version");
}

#[tokio::test]
async fn a_request_that_waits_for_a_lock_leaves_the_smallest_host_a_connection_for_others() {
    let server = Server::start().await;
    let mut lock = server.pool().begin().await.unwrap();
    sqlx::query("lock table tasker.audit in access exclusive mode")
        .execute(&mut *lock)
        .await
        .unwrap();
    let slow = server.get("/v1/audit");
    let other = async {
        until_blocked(server.pool(), "tasker.audit").await;
        server.get("/v1/pins").await.answered(200);
        lock.rollback().await.unwrap();
    };
    let (slow, ()) = tokio::join!(slow, other);
    slow.answered(200);
}

#[tokio::test]
async fn a_pin_knows_the_one_that_it_replaces_however_young_that_is() {
    let server = two_versions().await;
    let third = server.second_host().await;
    let mut lock = third.pool().begin().await.unwrap();
    sqlx::query("lock table tasker.share in access exclusive mode")
        .execute(&mut *lock)
        .await
        .unwrap();
    let pin = json!({"requirement": "=1.0.0"});
    let put = server.put("/v1/namespaces/shop/pins/component/guest", &pin);
    let other = async {
        until_blocked(third.pool(), "tasker.namespace_rules").await;
        let made = format!(
            "insert into tasker.pin (namespace_id, kind, target, requirement)
               select namespace_id, 'component', 'guest', '=1.1.0' from tasker.namespace where name = 'shop';
             {MOVE}"
        );
        sqlx::raw_sql(AssertSqlSafe(made))
            .execute(&mut *lock)
            .await
            .unwrap();
        lock.commit().await.unwrap();
    };
    let (answer, ()) = tokio::join!(put, other);
    answer.answered(200);
    let pins = AuditFilter {
        actions: &["pin"],
        ..AuditFilter::default()
    };
    let changes = server.store.list_audit(pins, Seek::highest(10));
    let changes = changes.await.unwrap();
    assert_eq!(
        changes[0].detail,
        Some(json!({"from": "=1.1.0", "to": "=1.0.0"}))
    );
}

/// Has each change of this table be overtaken by another one, within the same transaction.
async fn overtake(server: &Server, table: &str, by: &str) {
    let trigger = format!(
        "create function tasker.overtake() returns trigger language plpgsql as $$ begin {by}; return null; end $$;
         create trigger overtake after insert or update on tasker.{table}
           for each row execute function tasker.overtake()"
    );
    sqlx::raw_sql(AssertSqlSafe(trigger))
        .execute(server.pool())
        .await
        .unwrap();
}

/// From now on nothing is overtaken.
async fn leave(server: &Server) {
    server
        .execute("drop function tasker.overtake cascade")
        .await;
}

const MOVE: &str = "update tasker.namespace set revision = revision + 1 where name = 'shop'";

#[tokio::test]
async fn a_pin_whose_namespace_moves_with_each_try_is_not_set() {
    let server = two_versions().await;
    let (path, pin) = (
        "/v1/namespaces/shop/pins/component/guest",
        json!({"requirement": "=1.0.0"}),
    );
    overtake(&server, "pin", MOVE).await;
    server.put(path, &pin).await.refused(503, "contention");
    leave(&server).await;
    let pins = server.get("/v1/pins").await.answered(200);
    assert_eq!(pins["items"], json!([]));
    server.put(path, &pin).await.answered(200);
}

#[tokio::test]
async fn a_version_whose_ground_moves_with_each_try_is_not_published() {
    let server = two_versions().await;
    overtake(&server, "template_version", MOVE).await;
    let source = yaml("one", "1.1.0", STEPS);
    let put = async || server.put_template("one", "1.1.0", &source).await;
    put().await.refused(503, "contention");
    leave(&server).await;
    let version = "/v1/namespaces/shop/templates/one/versions/1.1.0";
    server.get(version).await.refused(404, "unknown_version");
    put().await.answered(201);

    let by =
        "update tasker.component set revision = revision + 1 where component_id = new.component_id";
    overtake(&server, "component_version", by).await;
    let bytes = noted(misbehaving(), "third");
    let put = async || server.put_component("guest", "1.2.0", &bytes).await;
    put().await.refused(503, "contention");
    leave(&server).await;
    let version = "/v1/namespaces/shop/components/guest/versions/1.2.0";
    server.get(version).await.refused(404, "unknown_version");
    put().await.answered(201);
}

#[tokio::test]
async fn a_version_that_is_pinned_anew_with_each_try_is_not_withdrawn() {
    let by = "insert into tasker.pin (namespace_id, kind, target, requirement)
              values (new.namespace_id, 'component', 'guest', '=1.1.0') on conflict do nothing";
    for verb in ["yank", "quarantine"] {
        let server = two_versions().await;
        let withdraw = async || server.post(&component("1.1.0", verb), &json!({})).await;
        overtake(&server, "namespace", by).await;
        withdraw().await.refused(503, "contention");
        leave(&server).await;
        let version = "/v1/namespaces/shop/components/guest/versions/1.1.0";
        let view = server.get(version).await.answered(200);
        assert_eq!(view["status"], "active", "{verb}");
        withdraw().await.answered(200);
    }
}
