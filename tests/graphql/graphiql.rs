//! GraphiQL, in a browser.

use crate::api::server::Server;
use crate::harness::TestDatabase;
use crate::ui::browser::drive;
use crate::ui::seeds::{open_host, publish};
use serde_json::json;

#[tokio::test]
async fn queries_and_subscriptions_are_tried_in_a_browser() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    let task = host.run("failing", json!({})).await;
    let given = json!({"task": task["id"]});
    drive("graphiql.mjs", &host.host.url(), &given).await;
}

#[tokio::test]
async fn the_page_is_for_those_who_may_read_and_takes_nothing_from_elsewhere() {
    let server = Server::start().await;
    let nobody = server.asked_with(None).request("GET", "/graphiql");
    assert_eq!(nobody.send().await.unwrap().status(), 401);
    let page = server.request("GET", "/graphiql").send().await.unwrap();
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let text = page.text().await.unwrap();
    assert!(text.contains("/assets/") && !text.contains("://"), "{text}");
}
