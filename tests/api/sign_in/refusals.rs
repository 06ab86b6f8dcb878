//! Sign-ins that sign nobody in.

use super::provider::CLIENT_ID;
use super::{PUBLIC_URL, Visit, pair};
use crate::api::tokens::issuer::{Key, now};
use serde_json::json;

#[tokio::test]
async fn a_token_counts_for_one_sign_in_at_this_host_while_it_is_in_force() {
    let visit = Visit::start().await;
    for claims in [
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"aud": "tasker"}),
        json!({"aud": [CLIENT_ID, "other"]}),
        json!({"azp": "other"}),
        json!({"iss": "https://other.example.com"}),
        json!({"exp": now() - 60}),
        json!({"exp": null}),
        json!({"nbf": now() + 600}),
        json!({"sub": null}),
        json!({"tasker": "admin in *"}),
    ] {
        let begun = visit.begin("/").await;
        visit.provider.give(&visit.token(&begun, &claims));
        let sent = visit.finish(&begun, &visit.answered(&begun)).await;
        assert_eq!(sent.failure(), "token", "{claims}");
    }
    let begun = visit.begin("/").await;
    let token = visit.token(&begun, &json!({}));
    let [head, claims, _] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let unsigned = data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"none"}"#);
    let stranger = Key::es256("first");
    let signed_by_another = stranger.token(&json!({
        "iss": visit.provider.issuer, "aud": CLIENT_ID, "nonce": begun.query["nonce"],
    }));
    for wrong in [
        signed_by_another,
        format!("{head}.{claims}."),
        format!("{unsigned}.{claims}."),
        "a".repeat(9_000),
    ] {
        visit.provider.give(&wrong);
        let sent = visit.finish(&begun, &visit.answered(&begun)).await;
        assert_eq!(sent.failure(), "token");
    }
    assert_eq!(visit.sessions().await, 0);
}

#[tokio::test]
async fn a_sign_in_is_finished_by_the_browser_that_began_it_and_with_its_own_state() {
    let visit = Visit::start().await;
    let (mine, other) = (visit.begin("/").await, visit.begin("/").await);
    visit.provider.give(&visit.token(&mine, &json!({})));
    let right = visit.answered(&mine);
    let without = |name: &str| {
        let kept = right.iter().filter(|(given, _)| *given != name);
        kept.cloned().collect::<Vec<_>>()
    };
    let with = |name: &'static str, value: &str| {
        let mut query = without(name);
        query.push((name, value.to_owned()));
        query
    };
    // The cookie of another sign-in, as when somebody gives a stranger a link that signs them in as the giver.
    assert_eq!(visit.finish(&other, &right).await.failure(), "stale");
    for query in [
        without("state"),
        with("state", &other.query["state"]),
        with("state", ""),
        without("code"),
        without("iss"),
        with("iss", "https://other.example.com"),
    ] {
        assert_eq!(visit.finish(&mine, &query).await.failure(), "stale");
    }
    let mut stripped = mine;
    // A cookie that a page without TLS may have put there.
    stripped.cookie = stripped.cookie.replace("__Host-", "");
    assert_eq!(visit.finish(&stripped, &right).await.failure(), "stale");
    stripped.cookie = "a=b".to_owned();
    assert_eq!(visit.finish(&stripped, &right).await.failure(), "stale");
    // None of this cost the provider a request.
    assert_eq!(visit.provider.exchanges().len(), 0);
    assert_eq!(visit.sessions().await, 0);
}

#[tokio::test]
async fn a_sign_in_is_finished_once_even_by_a_provider_that_takes_its_code_twice() {
    let visit = Visit::start().await;
    let begun = visit.begin("/").await;
    visit.provider.give(&visit.token(&begun, &json!({})));
    let answered = visit.answered(&begun);
    let sent = visit.finish(&begun, &answered).await;
    let session = pair(&sent.cookies[0]).to_owned();
    assert_eq!(visit.finish(&begun, &answered).await.failure(), "stale");
    // Not after the session has ended either.
    let url = format!("http://{}/v1/session", visit.server.address());
    let request = visit.client.delete(url).header("cookie", session);
    let signed_out = request.header("sec-fetch-site", "same-origin").send();
    assert_eq!(signed_out.await.unwrap().status(), 204);
    assert_eq!(visit.finish(&begun, &answered).await.failure(), "stale");
    assert_eq!(visit.sessions().await, 0);
}

#[tokio::test]
async fn what_the_provider_refuses_is_shown_and_its_words_are_not() {
    let visit = Visit::start().await;
    for (error, wanted) in [
        ("access_denied", "denied"),
        ("<b>server_error</b>", "refused"),
    ] {
        let begun = visit.begin("/tasks?namespace=shop").await;
        let answered = [
            ("error", error.to_owned()),
            (
                "error_description",
                "click http://evil.example.com".to_owned(),
            ),
            ("state", begun.query["state"].clone()),
            ("iss", visit.provider.issuer.clone()),
        ];
        let sent = visit.finish(&begun, &answered).await;
        assert_eq!(sent.failure(), wanted);
        let shown = sent.location.as_str();
        assert!(shown.starts_with(&format!("{PUBLIC_URL}/tasks?namespace=shop&sign_in_error=")));
        assert!(
            !shown.contains("evil") && !shown.contains("server_error"),
            "{shown}"
        );
    }
    // The exchange of a code.
    let begun = visit.begin("/").await;
    let sent = visit.finish(&begun, &visit.answered(&begun)).await;
    assert_eq!(sent.failure(), "refused");
}

#[tokio::test]
async fn a_sign_in_ends_at_no_page_of_others() {
    let visit = Visit::start().await;
    for page in [
        "https://evil.example.com/",
        "//evil.example.com",
        "/%5Cevil.example.com",
        "/v1/session/oidc",
        "/a%0d%0aset-cookie:%20a=b",
    ] {
        let refused = visit
            .get(&format!("/v1/session/oidc?return_to={page}"), "")
            .await;
        let detail = refused.refused(400, "invalid_parameter");
        assert!(
            detail.contains("the path of a page of this host"),
            "{detail}"
        );
    }
}
