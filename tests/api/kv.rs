//! Entries of kv, as operators see and change them.

use super::server::{Server, answer};
use serde_json::json;

const BUCKET: &str = "/v1/namespaces/shop/kv/counters";

fn at(key: &str) -> String {
    format!("{BUCKET}/{key}")
}

#[tokio::test]
async fn an_entry_is_set_shown_replaced_and_removed() {
    let server = Server::start().await;
    let set = server
        .put(&at("a%2Fb"), &json!({"n": 1}))
        .await
        .answered(200);
    assert_eq!(
        (&set["key"], &set["value"]),
        (&json!("a/b"), &json!({"n": 1}))
    );
    let again = server.put(&at("a%2Fb"), &json!(2)).await.answered(200);
    assert!(again["version"].as_i64() > set["version"].as_i64());
    let shown = server.get(&at("a%2Fb")).await.answered(200);
    assert_eq!(
        (&shown["value"], &shown["task_id"]),
        (&json!(2), &json!(null))
    );
    assert_eq!(server.delete(&at("a%2Fb")).await.status, 204);
    let detail = server.delete(&at("a%2Fb")).await.refused(404, "unknown_kv");
    assert!(
        detail.contains("shop/counters has no key `a/b`"),
        "{detail}"
    );
    server.get(&at("a%2Fb")).await.refused(404, "unknown_kv");
}

#[tokio::test]
async fn a_bucket_is_listed_page_by_page_in_byte_order() {
    let server = Server::start().await;
    for key in ["b", "B", "a", "ab"] {
        server.put(&at(key), &json!(key)).await.answered(200);
    }
    let first = server.get(&format!("{BUCKET}?limit=2")).await.answered(200);
    assert_eq!(first["items"][0]["key"], "B");
    assert_eq!(first["next"], "a");
    let second = server.get(&format!("{BUCKET}?limit=2&after=a")).await;
    assert_eq!(second.answered(200)["items"][0]["key"], "ab");
    let some = server
        .get(&format!("{BUCKET}?prefix=a"))
        .await
        .answered(200);
    assert_eq!(some["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_out_of_bounds_is_refused() {
    let server = Server::start().await;
    let long = at(&"k".repeat(201));
    server
        .put(&long, &json!(1))
        .await
        .refused(422, "invalid_kv");
    let large = json!("v".repeat(64 << 10));
    server
        .put(&at("k"), &large)
        .await
        .refused(413, "body_too_large");
    let text = server
        .request("PUT", &at("k"))
        .header("content-type", "application/json")
        .body("done");
    let detail = answer(text).await.refused(422, "invalid_kv");
    assert!(detail.contains("is not JSON"), "{detail}");
    server
        .put(&at("k%00"), &json!(1))
        .await
        .refused(400, "invalid_parameter");
    server
        .get(&format!("{BUCKET}?prefix=%00"))
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn a_full_namespace_takes_no_new_key() {
    let server = Server::start().await;
    server.put(&at("first"), &json!(1)).await.answered(200);
    server
        .execute(
            "insert into tasker.kv (namespace_id, bucket, key, value, updated_at)
             select namespace_id, bucket, 'key-' || n, '1', now()
             from tasker.kv, generate_series(2, 10000) n",
        )
        .await;
    server.put(&at("first"), &json!(2)).await.answered(200);
    let detail = server
        .put(&at("new"), &json!(1))
        .await
        .refused(422, "kv_full");
    assert!(
        detail.contains("namespace shop has reached its limit"),
        "{detail}"
    );
}
