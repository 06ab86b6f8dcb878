//! Uploads that would exhaust a host that takes them as they come.

use super::components::{self, handler_around};
use crate::harness::{TestDatabase, TestHost, basics, client, tasker};
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::time::Duration;
use tasker_sandbox::{CompileLimits, Compiler, Sandbox, SandboxConfig, SandboxError};

/// Small, so that a component that reaches them does so soon.
const LIMITS: CompileLimits = CompileLimits {
    cpu: Duration::from_secs(10),
    memory_bytes: 512 << 20,
};
/// What this process may hold in memory while it takes hostile uploads, in KiB.
const MAX_RESIDENT_KIB: u64 = 1 << 20;

pub fn compiler() -> Compiler {
    let program = tasker().to_owned();
    Compiler::Child {
        program,
        limits: LIMITS,
    }
}

fn sandbox() -> &'static Sandbox {
    static SANDBOX: LazyLock<(Sandbox, tempfile::TempDir)> = LazyLock::new(|| {
        let dir = tempfile::tempdir().unwrap();
        let config = SandboxConfig {
            cache_dir: dir.path().to_owned(),
            max_concurrent: 4,
            compiler: compiler(),
        };
        (Sandbox::new(config).unwrap(), dir)
    });
    &SANDBOX.0
}

async fn assert_refused(bytes: Vec<u8>, words: &[&str]) {
    let said = match sandbox().inspect(bytes).await {
        Err(SandboxError::Refused(refusal)) => refusal.chain(),
        other => panic!("it is not refused: {other:?}"),
    };
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
}

#[tokio::test]
async fn thousands_of_memories_are_refused_with_the_bound() {
    let bytes = components::many_memories();
    assert_refused(bytes, &["5000 memories", "the limit is 256"]).await;
}

#[tokio::test]
async fn thousands_of_instances_are_refused_with_the_bound() {
    let bytes = components::many_instances();
    assert_refused(bytes, &["2000 instances", "the limit is 1024"]).await;
}

#[tokio::test]
async fn more_instances_than_one_component_may_have_are_refused() {
    let bytes = components::more_instances_than_the_pool_has();
    assert_refused(bytes, &["100 core module instances", "64"]).await;
}

#[tokio::test]
async fn instances_that_multiply_end_the_compiler_and_not_the_host() {
    let bytes = components::exponential_instances();
    assert!(bytes.len() < 1_000, "{}", bytes.len());
    assert_refused(
        bytes,
        &["more than 512 MiB of memory", "--compile-memory-limit"],
    )
    .await;
}

#[tokio::test]
async fn components_in_components_without_end_are_refused_with_the_bound() {
    let bytes = components::deep_components();
    assert_refused(bytes, &["components inside each other", "the limit is 16"]).await;
}

#[tokio::test]
async fn types_that_nest_without_end_are_refused() {
    let bytes = components::deep_types();
    assert_refused(bytes, &["is invalid", "nesting"]).await;
}

#[tokio::test]
async fn types_that_double_are_refused() {
    let bytes = components::exponential_types();
    assert_refused(bytes, &["is invalid", "type size exceeds"]).await;
}

#[tokio::test]
async fn a_table_of_millions_is_refused() {
    assert_refused(components::huge_table(), &["table", "10000000"]).await;
}

#[tokio::test]
async fn a_memory_of_all_that_can_be_addressed_is_refused() {
    assert_refused(
        components::huge_memory(),
        &["could not be started", "memory"],
    )
    .await;
}

#[tokio::test]
async fn a_jump_table_of_a_million_targets_is_refused() {
    let bytes = components::huge_jump_table();
    assert_refused(bytes, &["br_table", "1000000 targets"]).await;
}

#[tokio::test]
async fn more_functions_than_any_program_has_are_refused_with_the_bound() {
    let bytes = components::too_many_functions();
    assert_refused(bytes, &["300000 functions", "the limit is 200000"]).await;
}

#[tokio::test]
async fn more_locals_than_a_function_may_have_are_refused() {
    assert_refused(components::many_locals(), &["is invalid", "local"]).await;
}

#[tokio::test]
async fn a_hundred_thousand_functions_end_the_compiler_and_not_the_host() {
    let bytes = components::many_functions();
    assert_refused(bytes, &["compiling the component takes more than"]).await;
}

#[tokio::test]
async fn loops_in_loops_end_the_compiler_and_not_the_host() {
    let bytes = components::nested_loops();
    assert_refused(bytes, &["compiling the component takes more than"]).await;
}

#[tokio::test]
async fn a_start_function_that_never_ends_is_stopped() {
    assert_refused(
        components::endless_start(),
        &["could not be started", "deadline"],
    )
    .await;
}

#[tokio::test]
async fn data_outside_of_the_memory_is_refused() {
    let bytes = components::data_outside_of_the_memory();
    assert_refused(bytes, &["could not be started", "out of bounds"]).await;
}

#[tokio::test]
async fn a_name_that_is_no_text_is_refused() {
    assert_refused(components::name_that_is_no_text(), &["is invalid", "UTF-8"]).await;
}

#[tokio::test]
async fn a_count_that_lies_is_refused_before_anything_is_reserved_for_it() {
    let bytes = components::lying_count();
    assert_refused(bytes, &["4294967295 functions", "the limit is 200000"]).await;
}

#[tokio::test]
async fn a_stack_without_end_in_the_start_function_is_stopped() {
    let bytes = handler_around("(func $deeper (call $deeper)) (start $deeper)");
    assert_refused(bytes, &["could not be started", "stack"]).await;
}

#[tokio::test]
async fn nothing_is_kept_of_a_refused_upload() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(SandboxConfig {
        cache_dir: dir.path().to_owned(),
        max_concurrent: 1,
        compiler: compiler(),
    })
    .unwrap();
    let bytes = components::data_outside_of_the_memory();
    sandbox.inspect(bytes).await.unwrap_err();
    let kept: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(kept, ["key"]);
}

/// All of them at once, against one host that has work to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_host_refuses_hostile_uploads_tasks_go_on_and_its_memory_stays_bounded() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_with(&database, |config| config.compiler = compiler()).await;
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_template("one", "steps: [{name: a, handler: basics/noop}]")
        .await;
    let uploads = all().into_iter().enumerate().map(|(number, bytes)| {
        let url = host.host.url();
        tokio::spawn(upload(url, number, bytes))
    });
    let uploads: Vec<_> = uploads.collect();
    while !uploads.iter().all(tokio::task::JoinHandle::is_finished) {
        assert_eq!(host.run("one", json!({})).await["state"], "complete");
    }
    for uploaded in uploads {
        let (status, problem) = uploaded.await.unwrap();
        assert_eq!(
            (status, &problem["code"]),
            (422, &json!("component_refused")),
            "{problem}"
        );
    }
    assert_eq!(host.run("one", json!({})).await["state"], "complete");
    assert!(resident_kib() < MAX_RESIDENT_KIB, "{} KiB", resident_kib());
}

fn all() -> Vec<Vec<u8>> {
    vec![
        components::many_memories(),
        components::many_instances(),
        components::exponential_instances(),
        components::deep_components(),
        components::deep_types(),
        components::exponential_types(),
        components::huge_table(),
        components::huge_memory(),
        components::huge_jump_table(),
        components::nested_loops(),
        components::endless_start(),
        components::data_outside_of_the_memory(),
        components::name_that_is_no_text(),
        components::lying_count(),
    ]
}

async fn upload(host: String, number: usize, bytes: Vec<u8>) -> (u16, Value) {
    let url = format!("{host}/v1/namespaces/shop/components/bomb{number}/versions/1.0.0");
    let request = client().put(url).header("content-type", "application/wasm");
    let answer = request.body(bytes).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// The most that this process ever held.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kib.parse().unwrap()
}
