//! A provider that is down or out of order.

use super::Visit;
use super::provider::Reply;
use serde_json::json;

async fn begin_failure(visit: &Visit) -> String {
    let response = visit.ask("/v1/session/oidc?return_to=/tasks", "").await;
    super::sent(response).failure()
}

#[tokio::test]
async fn a_provider_that_hangs_costs_a_sign_in_some_seconds_and_others_nothing() {
    let visit = Visit::start().await;
    visit.provider.answer_discovery(Reply::Hangs);
    let all = futures::future::join_all((0..20).map(|_| begin_failure(&visit)));
    assert!(all.await.iter().all(|failure| failure == "provider"));
    // Keys do not depend on it.
    visit
        .server
        .asked_with(Some(crate::harness::ADMIN_KEY))
        .get("/v1/keys")
        .await
        .answered(200);
}

#[tokio::test]
async fn a_provider_that_hangs_at_the_end_signs_nobody_in_and_a_bounded_number_waits() {
    let visit = Visit::start().await;
    visit.provider.answer_exchanges(Reply::Hangs);
    let begun = visit.begin("/").await;
    let answered = visit.answered(&begun);
    let all = futures::future::join_all((0..20).map(|_| visit.finish(&begun, &answered)));
    let failures: Vec<String> = all.await.iter().map(super::Sent::failure).collect();
    let count = |wanted: &str| failures.iter().filter(|it| *it == wanted).count();
    assert_eq!((count("provider"), count("busy")), (16, 4), "{failures:?}");
    // It answers again.
    visit.sign_in(&json!({})).await;
}

#[tokio::test]
async fn what_a_provider_says_of_itself_is_checked() {
    let others = |visit: &Visit| {
        let mut metadata = visit.provider.metadata();
        metadata["issuer"] = json!("https://other.example.com");
        Reply::Says(200, metadata.to_string())
    };
    let status = |_: &Visit| Reply::Says(500, String::new());
    let text = |_: &Visit| Reply::Says(200, "<html>".to_owned());
    let huge = |visit: &Visit| {
        let mut metadata = visit.provider.metadata();
        metadata["more"] = json!("a".repeat(70_000));
        Reply::Says(200, metadata.to_string())
    };
    let replies: [&dyn Fn(&Visit) -> Reply; 4] = [&others, &status, &text, &huge];
    for reply in replies {
        let visit = Visit::start().await;
        visit.provider.answer_discovery(reply(&visit));
        assert_eq!(begin_failure(&visit).await, "provider");
    }
}

#[tokio::test]
async fn an_answer_without_a_token_signs_nobody_in() {
    let visit = Visit::start().await;
    for (reply, wanted) in [
        (Reply::Says(500, String::new()), "provider"),
        (Reply::Says(200, "{}".to_owned()), "provider"),
        (Reply::Says(200, "x".repeat(70_000)), "provider"),
        (Reply::Says(302, String::new()), "provider"),
        (Reply::Says(400, "no JSON".to_owned()), "provider"),
        (
            Reply::Says(401, json!({"error": "invalid_client"}).to_string()),
            "refused",
        ),
    ] {
        visit.provider.answer_exchanges(reply);
        let begun = visit.begin("/").await;
        let sent = visit.finish(&begun, &visit.answered(&begun)).await;
        assert_eq!(sent.failure(), wanted);
    }
    assert_eq!(visit.sessions().await, 0);
}

#[tokio::test]
async fn what_a_provider_said_before_counts_while_it_is_down() {
    let visit = Visit::start().await;
    visit.sign_in(&json!({})).await;
    visit
        .provider
        .answer_discovery(Reply::Says(503, String::new()));
    visit.sign_in(&json!({})).await;
}
