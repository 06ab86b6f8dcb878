//! A host that takes tokens of an issuer.

use super::first_start::{program, serve};
use crate::api::tokens::issuer::{AUDIENCE, ISSUER, Key, key_set};
use crate::harness::TestDatabase;
use serde_json::json;

#[tokio::test]
async fn the_commands_take_a_token_in_place_of_a_key_and_no_log_has_it() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let (key, stranger) = (Key::es256("first"), Key::es256("first"));
    let keys = folder.path().join("keys.json");
    std::fs::write(&keys, key_set(&[&key]).to_string()).unwrap();
    let more = ["--jwt-jwks", keys.to_str().unwrap(), "--jwt-issuer", ISSUER];
    let more = [&more[..], &["--jwt-audience", AUDIENCE]].concat();
    let host = serve(&database, folder.path(), &more).await;
    let claims = json!({"sub": "ada", "tasker": ["read in *"]});
    let [good, forged] = [&key, &stranger].map(|key| key.token(&claims));
    let ask = async |token: &str| {
        let mut command = program(folder.path());
        command.args(["pin", "ls", "--url", &host.url]);
        command.env("TASKER_TOKEN", token).output().await.unwrap()
    };
    let listed = ask(&good).await;
    assert!(listed.status.success(), "{listed:?}");
    let refused = ask(&forged).await;
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("error: invalid token"), "{told}");
    assert!(
        told.contains("help: the token is from TASKER_TOKEN"),
        "{told}"
    );

    let (out, log) = host.stop().await;
    assert!(log.contains("its signature is wrong"), "{log}");
    for part in good.split('.').chain(forged.split('.')) {
        assert!(!log.contains(part) && !out.contains(part), "{part}");
    }
}

#[tokio::test]
async fn settings_that_would_let_in_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.json");
    std::fs::write(&keys, key_set(&[&Key::es256("first")]).to_string()).unwrap();
    let keys = keys.to_str().unwrap();
    let whole = [
        "--jwt-jwks",
        keys,
        "--jwt-issuer",
        ISSUER,
        "--jwt-audience",
        AUDIENCE,
    ];
    let with = |more: &[&'static str]| [&whole[..], more].concat();
    for (arguments, told) in [
        (whole[..4].to_vec(), "--jwt-audience <AUDIENCE>"),
        (whole[2..].to_vec(), "--jwt-jwks <FILE|URL>"),
        (with(&["--jwt-algorithms", "HS256"]), "RS256"),
        (with(&["--jwt-algorithms", "none"]), "RS256"),
        (with(&["--auth", "off"]), "leave out one of them"),
        (
            [&["--jwt-jwks", "http://id.example.com/keys"], &whole[2..]].concat(),
            "use an https URL",
        ),
    ] {
        let mut command = program(folder.path());
        command.args(["serve", "--database-url", "postgres://127.0.0.1:1/none"]);
        let refused = command.args(&arguments).output().await.unwrap();
        let error = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(told), "{error}");
    }
}
