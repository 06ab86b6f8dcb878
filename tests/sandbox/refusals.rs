//! An upload that cannot run here is refused with words that say what to do.

use super::attempt::sandbox;
use super::guests;
use tasker_domain::digest::Digest;
use tasker_sandbox::{Refusal, SandboxError};

/// A component that exports a handler of the wrong type under this name.
fn exporting(name: &str) -> String {
    format!(
        r#"(component
            (core module $m (func (export "f")))
            (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i "f")))
            (instance $h (export "execute" (func $f)))
            (export "{name}" (instance $h)))"#
    )
}

async fn refusal(bytes: &[u8]) -> Refusal {
    match sandbox().inspect(bytes).await {
        Err(SandboxError::Refused(refusal)) => refusal,
        other => panic!("it is not refused: {other:?}"),
    }
}

pub async fn refusal_of_wat(wat: &str) -> Refusal {
    refusal(&wat::parse_str(wat).unwrap()).await
}

fn assert_says(refusal: &Refusal, words: &[&str]) {
    let said = refusal.chain();
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
}

#[tokio::test]
async fn a_good_component_is_described() {
    let inspected = sandbox().inspect(guests::misbehaving()).await.unwrap();
    assert_eq!(inspected.digest, Digest::of(guests::misbehaving()));
    let descriptor = inspected.descriptor;
    assert_eq!(descriptor.contract, "1.1.0");
    assert_eq!(descriptor.capabilities, ["http"]);
    assert!(
        descriptor
            .imports
            .contains(&"tasker:step/context@1.1.0".to_owned()),
        "{:?}",
        descriptor.imports
    );
    assert!(descriptor.may_have("echo") && !descriptor.may_have("no_such"));
    let handlers = descriptor.handlers.expect("it tells its handlers");
    assert_eq!(
        handlers[1].input_schema,
        Some(serde_json::json!({"type": "object"}))
    );
}

#[tokio::test]
async fn a_component_without_a_descriptor_is_allowed_and_its_handlers_are_unknown() {
    let descriptor = sandbox()
        .inspect(guests::undescribed())
        .await
        .unwrap()
        .descriptor;
    assert_eq!(descriptor.handlers, None);
    assert!(descriptor.may_have("anything"));
}

#[tokio::test]
async fn an_empty_upload_is_refused() {
    assert!(matches!(refusal(b"").await, Refusal::Empty));
}

#[tokio::test]
async fn a_text_file_is_refused_and_shown() {
    let refusal = refusal(b"#!/bin/sh\necho hello").await;
    assert!(matches!(refusal, Refusal::NotWasm { .. }));
    assert_says(&refusal, &["#!/bin/sh", "wasm32-wasip2"]);
}

#[tokio::test]
async fn a_core_module_is_refused_with_the_command_that_wraps_it() {
    let refusal = refusal_of_wat("(module)").await;
    assert!(matches!(refusal, Refusal::CoreModule));
    assert_says(&refusal, &["wasm-tools component new", "wasm32-wasip2"]);
}

#[tokio::test]
async fn a_truncated_component_is_refused() {
    let half = &guests::misbehaving()[..1_000];
    assert!(matches!(refusal(half).await, Refusal::Compile(_)));
}

#[tokio::test]
async fn an_unknown_import_is_named_with_what_is_available() {
    let wat =
        r#"(component (import "acme:billing/ledger@1.0.0" (instance (export "pay" (func)))))"#;
    let refusal = refusal_of_wat(wat).await;
    assert!(
        matches!(refusal, Refusal::UnknownImports { .. }),
        "{refusal:?}"
    );
    assert_says(
        &refusal,
        &[
            "`acme:billing/ledger@1.0.0`",
            "tasker:step/log",
            "wasi:http/outgoing-handler",
        ],
    );
}

#[tokio::test]
async fn a_function_that_the_host_lacks_is_named() {
    let wat = r#"(component
        (import "tasker:step/log@1.9.0" (instance $log (export "from-the-future" (func))))
        (core func $later (canon lower (func $log "from-the-future")))
        (core module $m (import "log" "later" (func)) (func (export "f")))
        (core instance $i (instantiate $m (with "log" (instance (export "later" (func $later))))))
        (func $f (canon lift (core func $i "f")))
        (instance $h (export "execute" (func $f)))
        (export "tasker:step/handler@1.9.0" (instance $h)))"#;
    let refusal = refusal_of_wat(wat).await;
    assert!(matches!(refusal, Refusal::Link(_)), "{refusal:?}");
    assert_says(&refusal, &["from-the-future", "update the host"]);
}

#[tokio::test]
async fn a_newer_wasi_is_reported_as_such_and_not_as_a_newer_contract() {
    let wat = r#"(component
        (import "wasi:cli/environment@0.2.99" (instance $env (export "from-the-future" (func))))
        (core func $later (canon lower (func $env "from-the-future")))
        (core module $m (import "env" "later" (func)) (func (export "f")))
        (core instance $i (instantiate $m (with "env" (instance (export "later" (func $later))))))
        (func $f (canon lift (core func $i "f")))
        (instance $h (export "execute" (func $f)))
        (export "tasker:step/handler@1.0.0" (instance $h)))"#;
    let newer = refusal_of_wat(wat).await;
    assert!(matches!(newer, Refusal::NewerWasi(_)), "{newer:?}");
    assert_says(&newer, &["WASI 0.2.12", "from-the-future"]);
    let other = refusal_of_wat(&wat.replace("0.2.99", "0.3.0")).await;
    assert!(matches!(other, Refusal::OtherWasi { .. }), "{other:?}");
    assert_says(
        &other,
        &["`wasi:cli/environment@0.3.0`", "wasm32-wasip2", "--sync"],
    );
}

#[tokio::test]
async fn an_asynchronous_component_is_refused_with_the_way_to_build_it() {
    let wat = r#"(component
        (core module $m (import "" "return" (func)))
        (core func $return (canon task.return))
        (core instance $i (instantiate $m (with "" (instance (export "return" (func $return)))))))"#;
    let refusal = refusal_of_wat(wat).await;
    assert!(matches!(refusal, Refusal::Async(_)), "{refusal:?}");
    assert_says(&refusal, &["`--sync`", "WASI 0.2"]);
}

#[tokio::test]
async fn a_component_without_a_handler_is_refused_with_its_exports() {
    let refusal = refusal_of_wat(&exporting("acme:other/thing@1.0.0")).await;
    assert!(matches!(refusal, Refusal::NoHandler { .. }), "{refusal:?}");
    assert_says(&refusal, &["tasker:step/handler", "acme:other/thing@1.0.0"]);
}

#[tokio::test]
async fn a_component_for_another_major_version_is_refused() {
    let refusal = refusal_of_wat(&exporting("tasker:step/handler@2.0.0")).await;
    assert!(
        matches!(refusal, Refusal::OtherContract { .. }),
        "{refusal:?}"
    );
    assert_says(&refusal, &["tasker:step/handler@2.0.0"]);
}

#[tokio::test]
async fn a_handler_of_another_shape_is_refused() {
    let refusal = refusal_of_wat(&exporting("tasker:step/handler@1.0.0")).await;
    assert!(matches!(refusal, Refusal::Start(_)), "{refusal:?}");
}
