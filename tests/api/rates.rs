//! How many requests a caller may send a minute.

use super::server::{Answer, Asker, Server};
use crate::harness::ADMIN_KEY;
use serde_json::{Value, json};
use tasker_api::bounds::Bounds;

/// A key that may read, with this rate.
async fn key(server: &Server, name: &str, rate: Value) -> Answer {
    let permissions = json!([{"namespace": "*", "actions": ["read"]}]);
    let body = json!({"name": name, "permissions": permissions, "max_requests_per_minute": rate});
    server.post("/v1/keys", &body).await
}

async fn asker(server: &Server, name: &str, rate: Value) -> Asker {
    let made = key(server, name, rate).await;
    server.asked_with(made.answered(201)["key"].as_str())
}

/// The status of a list of pins, with what its headers say of the rate.
async fn asked(by: &Asker) -> (u16, Option<String>, Option<String>) {
    let response = by.request("GET", "/v1/pins").send().await.unwrap();
    let header = |name| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
    let (left, after) = (header("ratelimit"), header("retry-after"));
    (response.status().as_u16(), left, after)
}

fn server_within(default_rate: u32) -> impl Future<Output = Server> {
    Server::start_within(Bounds {
        default_rate: Some(default_rate.try_into().unwrap()),
        ..Bounds::default()
    })
}

#[tokio::test]
async fn a_key_beyond_its_rate_is_refused_and_told_when_to_come_again() {
    let server = Server::start().await;
    let few = asker(&server, "few", json!(2)).await;
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(asked(&few).await, (200, text("\"caller\";r=1;t=30"), None));
    assert_eq!(asked(&few).await, (200, text("\"caller\";r=0;t=60"), None));
    let (status, left, after) = asked(&few).await;
    assert_eq!((status, left), (429, text("\"caller\";r=0;t=60")));
    let after: u64 = after.unwrap().parse().unwrap();
    assert!((1..=30).contains(&after), "{after}");
    let refused = few.get("/v1/pins").await.refused(429, "rate_limited");
    assert!(
        refused.contains("`few` may send 2 requests a minute"),
        "{refused}"
    );

    // Nobody else is, and whether the host is well says it to everyone.
    let other = asker(&server, "other", json!(100)).await;
    assert_eq!(asked(&other).await.0, 200);
    assert_eq!(server.get("/v1/pins").await.status, 200);
    assert_eq!(few.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn without_a_rate_of_its_own_a_key_has_that_of_the_host() {
    let server = server_within(3).await;
    let admin = server.asked_with(Some(ADMIN_KEY));
    let many = asker(&server, "many", json!(1_000)).await;
    let left = asked(&many).await.1.unwrap();
    assert!(left.contains("r=999"), "{left}");
    let left = asked(&admin).await.1.unwrap();
    assert!(left.contains("r=1"), "{left}");
    assert_eq!(asked(&admin).await.0, 200);
    assert_eq!(asked(&admin).await.0, 429);
    assert_eq!(asked(&many).await.0, 200);
}

#[tokio::test]
async fn a_key_is_listed_with_its_rate_and_one_that_is_made_anew_has_the_new_one() {
    let server = Server::start().await;
    for wrong in [json!(0), json!(-1), json!(1_000_001), json!("many")] {
        key(&server, "ci", wrong).await.refused(400, "invalid_body");
    }
    let first = asker(&server, "ci", json!(1)).await;
    assert_eq!((asked(&first).await.0, asked(&first).await.0), (200, 429));
    let listed = server.get("/v1/keys").await;
    let listed = listed.answered(200);
    let listed = listed["items"].as_array().unwrap();
    let rates: Vec<_> = listed
        .iter()
        .map(|it| &it["max_requests_per_minute"])
        .collect();
    assert_eq!(rates, [&Value::Null, &json!(1)]);
    server.delete("/v1/keys/ci").await.answered(204);
    let second = asker(&server, "ci", json!(5)).await;
    let left = asked(&second).await.1.unwrap();
    assert!(left.contains("r=4"), "{left}");
}
