use super::server::{Answer, Server, answer};
use crate::sandbox::guests;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::json;
use tasker_domain::digest::Digest;
use tasker_domain::order::Seek;
use tasker_domain::signature::{PublicKey, Signature, signed_text};

const KEYS: &str = "/v1/namespaces/shop/signing-keys";
const VERSION: &str = "/v1/namespaces/shop/components/guest/versions/1.0.0";

fn key(seed: u8) -> (PublicKey, SigningKey) {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    (secret.verifying_key().try_into().unwrap(), secret)
}

pub fn signature(seed: u8, bytes: &[u8]) -> String {
    let (public, secret) = key(seed);
    let signed = secret.sign(signed_text(Digest::of(bytes)).as_bytes());
    Signature::new(public, signed.to_bytes()).to_string()
}

pub async fn trust(server: &Server, seed: u8, name: &str) -> String {
    let body = json!({"name": name, "public_key": key(seed).0.to_string()});
    let added = server.post(KEYS, &body).await.answered(201);
    added["key_id"].as_str().unwrap().to_owned()
}

async fn put(server: &Server, signatures: &[&str]) -> Answer {
    let request = server.request("PUT", VERSION);
    let request = request.header("content-type", "application/wasm");
    let request = signatures.iter().fold(request, |request, signature| {
        request.header("x-tasker-signature", *signature)
    });
    answer(request.body(guests::undescribed())).await
}

#[tokio::test]
async fn with_a_policy_only_a_signature_by_one_of_its_keys_lets_an_upload_in() {
    let server = Server::start().await;
    let ours = trust(&server, 1, "ci").await;
    let (ours_signed, theirs_signed) = (
        signature(1, guests::undescribed()),
        signature(2, guests::undescribed()),
    );
    let detail = put(&server, &[]).await.refused(422, "unsigned");
    assert!(
        detail.contains(&format!("accepts: ci ({ours})")),
        "{detail}"
    );
    put(&server, &[&theirs_signed])
        .await
        .refused(422, "unsigned");
    put(&server, &[&theirs_signed, &ours_signed])
        .await
        .answered(201);
    let listed = server
        .get(&format!("{VERSION}/signatures"))
        .await
        .answered(200);
    let names: Vec<_> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["key_name"])
        .collect();
    assert_eq!(names, [&json!(null), &json!("ci")]);
    assert_eq!(listed["items"][1]["signature"], ours_signed);
}

#[tokio::test]
async fn a_signature_that_was_kept_before_counts_for_another_name_of_the_same_bytes() {
    let server = Server::start().await;
    put(&server, &[&signature(1, guests::undescribed())])
        .await
        .answered(201);
    trust(&server, 1, "ci").await;
    let other = server
        .put_component("other", "1.0.0", guests::undescribed())
        .await;
    other.answered(201);
    server
        .put_component("more", "1.0.0", guests::misbehaving())
        .await
        .refused(422, "unsigned");
}

#[tokio::test]
async fn what_is_no_signature_of_these_bytes_is_refused_and_not_kept() {
    let server = Server::start().await;
    put(&server, &["ed25519:AAAA"])
        .await
        .refused(400, "invalid_signature");
    let of_others = signature(1, b"other bytes");
    let detail = put(&server, &[&of_others])
        .await
        .refused(422, "wrong_signature");
    assert!(
        detail.contains(&Digest::of(guests::undescribed()).to_string()),
        "{detail}"
    );
    let one = signature(1, guests::undescribed());
    put(&server, &[one.as_str(); 9])
        .await
        .refused(400, "invalid_parameter");
    put(&server, &[]).await.answered(201);
    let listed = server
        .get(&format!("{VERSION}/signatures"))
        .await
        .answered(200);
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn a_key_is_added_listed_and_removed_and_each_is_audited() {
    let server = Server::start().await;
    let (first, second) = (
        trust(&server, 1, "ci").await,
        trust(&server, 2, "ada").await,
    );
    assert_eq!(trust(&server, 1, "build").await, first);
    let page = server.get(&format!("{KEYS}?limit=1")).await.answered(200);
    let next = page["next"].as_str().unwrap();
    let rest = server
        .get(&format!("{KEYS}?after={next}"))
        .await
        .answered(200);
    let mut ids = [&page["items"][0]["key_id"], &rest["items"][0]["key_id"]];
    ids.sort_by_key(|id| id.as_str());
    let mut wanted = [&first, &second];
    wanted.sort();
    assert_eq!(
        ids.map(|id| id.as_str().unwrap()),
        wanted.map(String::as_str)
    );
    assert_eq!(server.delete(&format!("{KEYS}/{second}")).await.status, 204);
    server
        .delete(&format!("{KEYS}/{second}"))
        .await
        .refused(404, "unknown_signing_key");
    server
        .delete(&format!("{KEYS}/x"))
        .await
        .refused(400, "invalid_signature");
    let weak = json!({"name": "x", "public_key": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"});
    server
        .post(KEYS, &weak)
        .await
        .refused(400, "invalid_signature");
    let body = json!({"name": "", "public_key": key(1).0.to_string()});
    server
        .post(KEYS, &body)
        .await
        .refused(400, "invalid_parameter");
    let filter = tasker_registry::store::audit::AuditFilter {
        namespaces: &["shop".parse().unwrap()],
        actions: &["signing_key"],
        ..Default::default()
    };
    let audit = server.store.list_audit(filter, Seek::highest(10));
    let audit = audit.await.unwrap();
    let actions: Vec<_> = audit.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "signing_key.remove",
            "signing_key.add",
            "signing_key.add",
            "signing_key.add"
        ]
    );
}

#[tokio::test]
async fn the_bytes_of_a_version_are_given_back() {
    let server = Server::start().await;
    put(&server, &[]).await.answered(201);
    let response = server
        .request("GET", &format!("{VERSION}/bytes"))
        .send()
        .await
        .unwrap();
    let digest = Digest::of(guests::undescribed());
    assert_eq!(response.headers()["etag"], format!("\"sha256:{digest}\""));
    assert_eq!(response.headers()["content-type"], "application/wasm");
    assert_eq!(response.bytes().await.unwrap(), guests::undescribed());
    server
        .get("/v1/namespaces/shop/components/guest/versions/2.0.0/bytes")
        .await
        .refused(404, "unknown_version");
}
