//! The schema as a whole.

use super::asking::{Asks as _, caller};
use crate::api::server::Server;
use serde_json::json;

/// What git has of the schema.
const SDL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/schema.graphql");

#[test]
fn the_committed_schema_is_the_present_one() {
    let sdl = tasker_api::graphql_sdl();
    if std::env::var_os("TASKER_RENEW_DOCS").is_some() {
        std::fs::write(SDL, &sdl).unwrap();
    }
    let committed = std::fs::read_to_string(SDL).unwrap_or_default();
    assert!(sdl == committed, "renew {SDL} with TASKER_RENEW_DOCS=1");
}

#[tokio::test]
async fn who_may_read_nothing_cannot_ask_what_the_schema_has() {
    let server = Server::start().await;
    let runner = json!([{"namespace": "shop", "actions": ["run"]}]);
    let runner = caller(&server, "runner", runner).await;
    let refused = runner.ask("{__schema {queryType {name}}}", json!({})).await;
    assert_eq!(refused.refused().0, "forbidden");
    let asked = server.ask("{__schema {queryType {name}}}", json!({})).await;
    assert_eq!(asked.data()["__schema"]["queryType"]["name"], "Query");
}
