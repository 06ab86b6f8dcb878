use super::server::{Server, answer};
use crate::sandbox::guests;
use serde_json::json;

const GUEST: &str = "/v1/namespaces/shop/components/guest";

#[tokio::test]
async fn a_component_is_published_and_shown_with_its_description() {
    let server = Server::start().await;
    let bytes = guests::misbehaving();
    let published = server
        .put_component("guest", "1.0.0", bytes)
        .await
        .answered(201);
    assert_eq!(published["created"], true);
    assert_eq!(published["namespace"], "shop");
    assert_eq!(published["component"], "guest");
    assert_eq!(published["version"], "1.0.0");
    assert_eq!(published["size_bytes"], bytes.len());
    assert_eq!(published["digest"].as_str().unwrap().len(), 64);
    assert_eq!(published["handlers"][0]["name"], "noop");
    assert_eq!(published["capabilities"], json!(["http"]));
    let mut shown = server
        .get(&format!("{GUEST}/versions/1.0.0"))
        .await
        .answered(200);
    assert_eq!(shown.get("created"), None);
    shown["created"] = json!(true);
    assert_eq!(shown, published);
}

#[tokio::test]
async fn the_same_bytes_again_change_nothing() {
    let server = Server::start().await;
    let first = server
        .put_component("guest", "1.0.0", guests::undescribed())
        .await
        .answered(201);
    let mut again = server
        .put_component("guest", "1.0.0", guests::undescribed())
        .await
        .answered(200);
    assert_eq!(again["created"], false);
    again["created"] = json!(true);
    assert_eq!(again, first);
}

#[tokio::test]
async fn other_bytes_under_a_published_version_are_refused_with_both_digests() {
    let server = Server::start().await;
    let first = server
        .put_component("guest", "1.0.0", guests::undescribed())
        .await
        .answered(201);
    let other = server
        .put_component("guest", "1.0.0", guests::misbehaving())
        .await;
    let detail = other.refused(409, "version_exists");
    assert!(
        detail.contains(first["digest"].as_str().unwrap()),
        "{detail}"
    );
    assert!(detail.ends_with("bump the version"), "{detail}");
    let other = server
        .put_component("guest", "1.1.0", guests::misbehaving())
        .await;
    assert_eq!(other.status, 201);
}

#[tokio::test]
async fn versions_are_listed_highest_first_and_the_latest_is_the_highest_stable_one() {
    let server = Server::start().await;
    for version in ["0.9.0", "0.10.0", "1.0.0-rc.1"] {
        server
            .put_component("guest", version, guests::undescribed())
            .await
            .answered(201);
    }
    let shown = server.get(GUEST).await.answered(200);
    let versions = shown["versions"].as_array().unwrap().iter();
    let versions: Vec<&str> = versions.map(|v| v["version"].as_str().unwrap()).collect();
    assert_eq!(versions, ["1.0.0-rc.1", "0.10.0", "0.9.0"]);
    let list = server
        .get("/v1/components?namespace=shop")
        .await
        .answered(200);
    assert_eq!(list["items"][0]["latest"], "0.10.0");
    assert_eq!(list["items"][0]["versions"], 3);
    assert_eq!(list["next"], json!(null));
}

#[tokio::test]
async fn a_list_continues_from_its_cursor() {
    let server = Server::start().await;
    for name in ["a", "b", "c"] {
        server
            .put_component(name, "1.0.0", guests::undescribed())
            .await
            .answered(201);
    }
    let first = server.get("/v1/components?limit=2").await.answered(200);
    assert_eq!(first["items"][1]["name"], "b");
    let next = first["next"].as_str().unwrap();
    let second = server
        .get(&format!("/v1/components?limit=2&after={next}"))
        .await
        .answered(200);
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&second["items"][0]["name"], &second["next"]),
        (&json!("c"), &json!(null))
    );
    server
        .get("/v1/components?after=b")
        .await
        .refused(400, "invalid_parameter");
    server
        .get("/v1/components?after=b%00/c")
        .await
        .refused(400, "invalid_parameter");
    server
        .get("/v1/components?limit=501")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn an_upload_that_is_no_component_is_refused_with_what_to_do() {
    let server = Server::start().await;
    let module = wat::parse_str("(module)").unwrap();
    let detail = server
        .put_component("guest", "1.0.0", &module)
        .await
        .refused(422, "component_refused");
    assert!(detail.contains("wasm-tools component new"), "{detail}");
    let detail = server
        .put_component("guest", "1.0.0", b"#!/bin/sh")
        .await
        .refused(422, "component_refused");
    assert!(detail.contains("not WebAssembly"), "{detail}");
    server.get(GUEST).await.refused(404, "unknown_component");
}

#[tokio::test]
async fn a_version_that_is_not_whole_or_has_build_metadata_is_refused() {
    let server = Server::start().await;
    let detail = server
        .put_component("guest", "1.4", b"")
        .await
        .refused(400, "invalid_version");
    assert!(detail.starts_with("`1.4` is not a version"), "{detail}");
    let detail = server
        .put_component("guest", "1.4.0+7", b"")
        .await
        .refused(400, "invalid_version");
    assert!(detail.contains("leave out `+7`"), "{detail}");
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    let server = Server::start().await;
    let detail = server
        .put_component("gu.est", "1.0.0", b"")
        .await
        .refused(400, "invalid_parameter");
    assert!(detail.contains("letters, digits"), "{detail}");
}

#[tokio::test]
async fn what_is_not_there_is_said_with_what_is() {
    let server = Server::start().await;
    server.get(GUEST).await.refused(404, "unknown_component");
    server
        .put_component("guest", "1.0.0", guests::undescribed())
        .await
        .answered(201);
    let detail = server
        .get(&format!("{GUEST}/versions/2.0.0"))
        .await
        .refused(404, "unknown_version");
    assert_eq!(
        detail,
        "there is no component shop/guest 2.0.0; there are 1.0.0"
    );
}

#[tokio::test]
async fn an_upload_of_another_content_type_is_refused() {
    let server = Server::start().await;
    let request = server
        .request("PUT", &format!("{GUEST}/versions/1.0.0"))
        .body("x");
    let detail = answer(request).await.refused(415, "unsupported_media_type");
    assert!(detail.contains("send `application/wasm`"), "{detail}");
}
