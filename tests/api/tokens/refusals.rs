//! Tokens that do not hold: all are refused alike.

use super::super::server::{Answer, Server};
use super::issuer::{Key, all_claims, config, in_file, key_set, now};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

async fn shown(server: &Server, token: &str) -> Answer {
    server.asked_with(Some(token)).get("/v1/access").await
}

/// Asserts that each of these is refused, and all in the same words.
async fn refused_alike(server: &Server, tokens: &[(&str, String)]) {
    for (what, token) in tokens {
        let answer = shown(server, token).await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
        let detail = answer.refused(401, "unauthenticated");
        assert!(
            detail.starts_with("invalid token: it must be signed by the issuer"),
            "{what}: {detail}"
        );
    }
}

fn encoded(part: &Value) -> String {
    BASE64URL_NOPAD.encode(part.to_string().as_bytes())
}

/// A token of which only the middle was changed.
fn with_claims(token: &str, claims: &Value) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    format!("{}.{}.{}", parts[0], encoded(&all_claims(claims)), parts[2])
}

#[tokio::test]
async fn claims_that_are_not_for_this_host_are_refused_alike() {
    let key = Key::es256("first");
    let (_folder, source) = in_file(&key_set(&[&key]));
    let server = Server::start_with_tokens(config(source)).await;
    shown(&server, &key.token(&json!({}))).await.answered(200);
    let both = key.token(&json!({"aud": ["others", "tasker"]}));
    shown(&server, &both).await.answered(200);
    let claims = [
        ("another audience", json!({"aud": "others"})),
        (
            "an audience that holds ours",
            json!({"aud": "tasker.example.com"}),
        ),
        ("no audience", json!({"aud": null})),
        ("another issuer", json!({"iss": "https://id.example.org"})),
        ("no issuer", json!({"iss": null})),
        ("no subject", json!({"sub": null})),
        ("no end", json!({"exp": null})),
        ("an end that is no number", json!({"exp": "never"})),
        ("a negative end", json!({"exp": -1})),
        ("not yet in force", json!({"nbf": now() + 600})),
        ("a begin that is no number", json!({"nbf": "always"})),
    ];
    let tokens = claims.map(|(what, claims)| (what, key.token(&claims)));
    refused_alike(&server, &tokens).await;
}

#[tokio::test]
async fn signatures_that_do_not_hold_are_refused_alike() {
    let (key, other) = (Key::es256("first"), Key::es256("first"));
    let (_folder, source) = in_file(&key_set(&[&key, &Key::ed25519("second")]));
    let server = Server::start_with_tokens(config(source)).await;
    let admin = json!({"sub": "ada", "tasker": ["admin in *"]});
    let good = key.token(&json!({"sub": "ada", "tasker": ["read in shop"]}));
    let (message, signature) = good.rsplit_once('.').unwrap();
    let mut flipped = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
    flipped[10] ^= 1;
    let flipped = BASE64URL_NOPAD.encode(&flipped);
    let mut critical = key.header();
    critical.crit = Some(vec!["exp".to_owned()]);
    let mut unknown = key.header();
    unknown.kid = Some("third".to_owned());
    let mut unnamed = key.header();
    unnamed.kid = None;
    let mut of_another_kind = key.header();
    of_another_kind.kid = Some("second".to_owned());
    let mut embedded = Header::new(Algorithm::ES256);
    embedded.jwk = Some(serde_json::from_value(other.public.clone()).unwrap());
    refused_alike(
        &server,
        &[
            ("changed claims", with_claims(&good, &admin)),
            ("a changed signature", format!("{message}.{flipped}")),
            ("no signature", format!("{message}.")),
            (
                "a signature of zeros",
                format!("{message}.{}", "A".repeat(86)),
            ),
            ("no dots", message.replace('.', "")),
            ("a part too many", format!("{good}.{signature}")),
            ("nothing in it", "..".to_owned()),
            ("another's key under the same name", other.token(&admin)),
            ("a key that is not known", key.token_with(&unknown, &admin)),
            (
                "no key, where there are two",
                key.token_with(&unnamed, &admin),
            ),
            (
                "a key of another kind",
                key.token_with(&of_another_kind, &admin),
            ),
            ("a key of its own", other.token_with(&embedded, &admin)),
            ("extensions", key.token_with(&critical, &json!({}))),
            ("too long", key.token(&json!({"more": "x".repeat(8 << 10)}))),
        ],
    )
    .await;
    shown(&server, &good).await.answered(200);
}

#[tokio::test]
async fn the_header_of_a_token_chooses_no_algorithm() {
    let key = Key::es256("first");
    let (_folder, source) = in_file(&key_set(&[&key]));
    let server = Server::start_with_tokens(config(source)).await;
    let claims = all_claims(&json!({"sub": "ada", "tasker": ["admin in *"]}));
    let signature = key.token(&json!({}));
    let signature = signature.rsplit('.').next().unwrap();
    let mut tokens = Vec::new();
    for none in ["none", "None", "NONE", ""] {
        let header = encoded(&json!({"alg": none, "kid": "first"}));
        let claims = encoded(&claims);
        tokens.push((none, format!("{header}.{claims}.")));
        tokens.push((none, format!("{header}.{claims}.{signature}")));
    }
    let pem = key.public_pem.as_bytes();
    for secret in [&key.public_bytes, pem, b""] {
        for algorithm in [Algorithm::HS256, Algorithm::HS512] {
            let mut header = Header::new(algorithm);
            header.kid = Some("first".to_owned());
            let secret = EncodingKey::from_secret(secret);
            let token = jsonwebtoken::encode(&header, &claims, &secret).unwrap();
            tokens.push(("signed with the public key", token));
        }
    }
    for named in ["ES384", "RS256", "EdDSA", "HS256"] {
        let header = encoded(&json!({"alg": named, "kid": "first"}));
        tokens.push((named, format!("{header}.{}.{signature}", encoded(&claims))));
    }
    refused_alike(&server, &tokens).await;
}

#[tokio::test]
async fn expiry_is_reported_only_to_the_holder_of_a_real_token() {
    let (key, other) = (Key::ed25519("first"), Key::ed25519("first"));
    let (_folder, source) = in_file(&key_set(&[&key]));
    let server = Server::start_with_tokens(config(source)).await;
    let a_moment_ago = json!({"exp": now() - 10});
    shown(&server, &key.token(&a_moment_ago))
        .await
        .answered(200);
    let long_ago = json!({"exp": now() - 120});
    let detail = shown(&server, &key.token(&long_ago))
        .await
        .refused(401, "unauthenticated");
    assert_eq!(detail, "the token has expired; get another from its issuer");
    refused_alike(&server, &[("forged", other.token(&long_ago))]).await;
}

#[tokio::test]
async fn a_claim_that_is_not_understood_is_reported_to_the_holder() {
    let key = Key::es256("first");
    let (_folder, source) = in_file(&key_set(&[&key]));
    let server = Server::start_with_tokens(config(source)).await;
    for (claims, told) in [
        (
            json!({"tasker": ["reed in shop"]}),
            "there is no action `reed`; there are read, run, publish",
        ),
        (json!({"tasker": ["read"]}), "`read` names no namespace"),
        (
            json!({"tasker": "admin in *"}),
            "is not a list of permissions",
        ),
        (
            json!({"tasker": vec!["read in shop"; 101]}),
            "the limit is 100",
        ),
        (json!({"sub": "ada\u{7}"}), "without control characters"),
        (json!({"sub": "a".repeat(200)}), "of 196 bytes at most"),
    ] {
        let answer = shown(&server, &key.token(&claims)).await;
        let detail = answer.refused(401, "unauthenticated");
        assert!(detail.contains(told), "{detail}");
    }
}
