//! The description of the API: it is of the standard's form, and says what the host does.

mod changes;
mod examples;
mod schemathesis;

use super::server::{Server, answer};
use crate::harness::{compiled, openapi, resolved, violations};
use changes::breaking_changes;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What git has of the document.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/openapi.json");
/// The document that programs were written for: that of the last release.
const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/api/openapi/baseline.json");
/// Changes since then that break programs and are meant, one a line, as the test shows them.
const MEANT: &str = include_str!("openapi/breaking-changes.txt");
/// The schema of documents, by the OpenAPI Initiative, under Apache-2.0.
const STANDARD: &str = include_str!("openapi/schema-3.1.json");

/// Method, path and operation of all that is described.
fn operations() -> impl Iterator<Item = (String, &'static str, &'static Value)> {
    let paths = openapi()["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, operations)| {
        let operations = operations.as_object().unwrap().iter();
        operations.map(|(method, it)| (method.to_uppercase(), path.as_str(), it))
    })
}

/// Calls `visit` for each value in the document.
fn visit_all(value: &'static Value, visit: &mut impl FnMut(&'static Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit_all(item, visit)),
        Value::Object(members) => members.values().for_each(|member| visit_all(member, visit)),
        _ => {}
    }
}

#[test]
fn the_committed_document_is_the_present_one() {
    let text = tasker_api::document_text();
    if std::env::var_os("TASKER_RENEW_DOCS").is_some() {
        std::fs::write(DOCUMENT, &text).unwrap();
    }
    let committed = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    assert!(
        text == committed,
        "renew {DOCUMENT} with TASKER_RENEW_DOCS=1"
    );
}

#[test]
fn the_document_is_of_the_form_that_openapi_asks_for() {
    let standard: Value = serde_json::from_str(STANDARD).unwrap();
    let standard = jsonschema::validator_for(&standard).unwrap();
    let errors = standard.iter_errors(openapi());
    let errors: Vec<_> = errors
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn each_route_is_described_and_each_description_is_of_a_route() {
    let routes = tasker_api::needs_of_routes().into_iter();
    let routes: BTreeSet<_> = routes
        .map(|(method, path, _)| (method.to_string(), path))
        .collect();
    let described: BTreeSet<_> = operations()
        .map(|(method, path, _)| (method, path))
        .collect();
    assert_eq!(routes, described);
}

#[test]
fn each_operation_has_a_name_of_its_own_a_tag_and_a_summary() {
    let ids: BTreeSet<_> = operations()
        .map(|(.., it)| it["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), operations().count());
    let tags = openapi()["tags"].as_array().unwrap();
    for (method, path, operation) in operations() {
        assert!(
            tags.iter().any(|tag| tag["name"] == operation["tags"][0]),
            "{method} {path}"
        );
        let summary = operation["summary"].as_str().unwrap();
        assert!(
            (5..=120).contains(&summary.len()),
            "{method} {path}: {summary}"
        );
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(
                parameter["description"].is_string(),
                "{method} {path}: {parameter}"
            );
        }
    }
    for tag in tags {
        assert!(
            operations().any(|(.., it)| it["tags"][0] == tag["name"]),
            "{tag}"
        );
    }
}

#[test]
fn each_reference_has_a_target_and_each_schema_is_one() {
    visit_all(openapi(), &mut |value| {
        resolved(value);
        if value["schema"].is_object() {
            compiled(&value["schema"]);
        }
    });
    for (name, schema) in openapi()["components"]["schemas"].as_object().unwrap() {
        compiled(schema);
        let last = name.chars().last().unwrap();
        assert!(
            !last.is_ascii_digit(),
            "two types are called {name}; rename one"
        );
    }
}

#[test]
fn each_example_fits_its_schema() {
    let mut examples = 0;
    let mut check = |of: &'static Value, example: &Value| {
        let wrong = violations(&of["schema"], example);
        assert!(wrong.is_empty(), "{example}: {wrong:#?}");
        examples += 1;
    };
    visit_all(openapi(), &mut |value| {
        let single = value.get("example").filter(|_| value["schema"].is_object());
        single.into_iter().for_each(|example| check(value, example));
        let several = value["examples"].as_object().into_iter().flatten();
        several.for_each(|(_, example)| check(value, &example["value"]));
    });
    assert!(examples > 100, "{examples}");
}

#[test]
fn nothing_breaks_programs_that_were_written_for_the_last_release() {
    if std::env::var_os("TASKER_RENEW_API_BASELINE").is_some() {
        std::fs::write(BASELINE, format!("{}\n", openapi())).unwrap();
    }
    let baseline = std::fs::read_to_string(BASELINE).unwrap();
    let baseline = serde_json::from_str(&baseline).unwrap();
    let changes = breaking_changes(&baseline, openapi());
    let meant: BTreeSet<&str> = MEANT
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    let found: BTreeSet<&str> = changes.iter().map(String::as_str).collect();
    let unmeant: Vec<_> = found.difference(&meant).collect();
    assert!(unmeant.is_empty(), "{unmeant:#?}");
    let past: Vec<_> = meant.difference(&found).collect();
    assert!(past.is_empty(), "these do not break anything: {past:#?}");
}

#[test]
fn what_a_program_relies_on_is_missed_if_it_is_gone() {
    let breaks = |change: &dyn Fn(&mut Value)| {
        let mut changed = openapi().clone();
        change(&mut changed);
        breaking_changes(openapi(), &changed)
    };
    let schemas = "/components/schemas";
    assert_eq!(breaks(&|_| {}), Vec::<String>::new());
    let removed = breaks(&|it| {
        drop(
            it["paths"]["/v1/keys"]
                .as_object_mut()
                .unwrap()
                .remove("get"),
        );
    });
    assert_eq!(removed, ["GET /v1/keys: removed"]);
    let unanswered = breaks(&|it| {
        let key = it.pointer_mut(&format!("{schemas}/Key")).unwrap();
        key["required"]
            .as_array_mut()
            .unwrap()
            .retain(|name| name != "prefix");
    });
    assert!(
        unanswered[0].contains("\"prefix\" is not always there"),
        "{unanswered:?}"
    );
    let required = breaks(&|it| {
        let new = it
            .pointer_mut(&format!("{schemas}/NewKey/required"))
            .unwrap();
        new.as_array_mut().unwrap().push(json!("expires_in_s"));
    });
    assert!(
        required[0].contains("\"expires_in_s\" is not always there, or is required"),
        "{required:?}"
    );
    let untaken = breaks(&|it| {
        let new = it
            .pointer_mut(&format!("{schemas}/NewKey/properties"))
            .unwrap();
        new.as_object_mut().unwrap().remove("expires_in_s");
    });
    assert!(
        untaken[0].contains("expires_in_s: is not taken"),
        "{untaken:?}"
    );
    let fewer = breaks(&|it| {
        let state = it.pointer_mut(&format!("{schemas}/TaskState")).unwrap();
        *state = json!({"type": "string", "enum": ["pending"]});
    });
    assert!(
        fewer
            .iter()
            .any(|it| it.starts_with("GET /v1/tasks: state[]: ")),
        "{fewer:?}"
    );
    let more = breaks(&|it| {
        let key = it
            .pointer_mut(&format!("{schemas}/Key/properties"))
            .unwrap();
        key["colour"] = json!({"type": "string"});
    });
    assert_eq!(more, Vec::<String>::new());
}

#[tokio::test]
async fn the_document_is_served_to_everyone_and_once_to_each() {
    let server = Server::start().await;
    let stranger = server.asked_with(None);
    let first = stranger
        .request("GET", "/v1/openapi.json")
        .send()
        .await
        .unwrap();
    assert_eq!(first.headers()["content-type"], "application/json");
    let etag = first.headers()["etag"].clone();
    assert_eq!(first.json::<Value>().await.unwrap(), *openapi());
    let again = stranger
        .request("GET", "/v1/openapi.json")
        .header("if-none-match", &etag);
    let again = answer(again).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let other = stranger
        .request("GET", "/v1/openapi.json")
        .header("if-none-match", "\"0\"");
    assert_eq!(answer(other).await.json["openapi"], json!("3.1.1"));
}

#[tokio::test]
async fn a_namespace_that_is_not_there_is_refused_as_described() {
    let server = Server::start().await;
    for path in [
        "/v1/analytics/performance",
        "/v1/analytics/bottlenecks",
        "/v1/analytics/errors",
        "/v1/audit",
        "/v1/registry/graph",
    ] {
        let refused = server.get(&format!("{path}?namespace=nowhere")).await;
        assert_eq!(refused.json["code"], "unknown_namespace", "{path}");
    }
}

#[tokio::test]
async fn a_lag_that_is_no_number_is_refused_without_a_replica_too() {
    let server = Server::start().await;
    let request = server.request("GET", "/v1/tasks");
    let refused = answer(request.header("x-tasker-max-lag-ms", "1s")).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
}

#[tokio::test]
async fn an_object_that_is_written_as_an_array_is_refused() {
    let server = Server::start().await;
    let request = server.request("PATCH", "/v1/namespaces/shop/queue");
    let refused = answer(request.json(&json!([5, 20]))).await;
    assert_eq!(
        (refused.status, &refused.json["code"]),
        (400, &json!("invalid_body"))
    );
}

#[tokio::test]
async fn the_page_shows_every_operation_and_needs_nothing_else() {
    let server = Server::start().await;
    let stranger = server.asked_with(None);
    let response = stranger.request("GET", "/docs/api").send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    let html = response.text().await.unwrap();
    assert!(!html.contains("<script") && !html.contains("style=") && !html.contains("src="));
    let targets = html
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let targets: Vec<&str> = targets.collect();
    let unique: BTreeSet<&str> = targets.iter().copied().collect();
    assert_eq!(targets.len(), unique.len(), "an id is there twice");
    for (.., operation) in operations() {
        assert!(unique.contains(operation["operationId"].as_str().unwrap()));
    }
    for link in html
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        let is_known = link == "/v1/openapi.json" || unique.contains(link.trim_start_matches('#'));
        assert!(is_known, "{link} leads nowhere");
    }
}
