//! Changes that are decided by what another request changes at the same moment.

use super::server::{Server, yaml};
use super::withdrawals::{STEPS, component, two_versions};
use crate::harness::wait_until_sql;
use serde_json::json;
use sqlx::PgPool;

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
