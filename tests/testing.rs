//! `tasker test`: real components against the cases of a project.

mod commands;
mod handlers;
mod http;
mod interrupted;
mod projects;
mod snapshots;
mod tasks;
mod time;

use crate::harness::build_guests;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;
use tasker_sandbox::Compiler;
use tasker_testing::case_file::parse;
use tasker_testing::case_report::CaseReport;
use tasker_testing::pool::{RunConfig, run};
use tasker_testing::report::Report;
use tasker_testing::snapshot::Snapshots;
use tasker_testing::tested::{Network, Tested, TestedConfig};

/// The handlers of the conformance suite.
fn conformance() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| std::fs::read(conformance_file()).unwrap());
    &BYTES
}

/// The file that they are in.
pub fn conformance_file() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    build_guests(&workspace).join("tasker_conformance.wasm")
}

/// Code that tests compile, kept for the next ones.
pub fn code_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("testing")
}

async fn tested(name: &str, component: &[u8]) -> Tested {
    let config = TestedConfig {
        code_dir: code_dir().join("test"),
        compiler: Compiler::InProcess,
        max_concurrent: 4,
        network: Network::Closed,
    };
    Tested::open(config, name, component.to_vec())
        .await
        .unwrap()
}

fn config() -> RunConfig {
    RunConfig {
        jobs: 4,
        timeout: Duration::from_secs(60),
        snapshots: Snapshots::Compare,
    }
}

/// Runs the cases of this text.
async fn report(component: &[u8], cases: &str) -> Report {
    let tested = tested("demo/tested", component).await;
    let cases = parse(Path::new("tests/tested.yaml"), cases).unwrap();
    run(&tested, None, cases, config(), |_| {}).await.unwrap()
}

/// Runs them; all of them pass.
async fn passes(component: &[u8], cases: &str) {
    let report = report(component, cases).await;
    assert!(!report.cases.is_empty());
    for case in &report.cases {
        let name = &case.case.name;
        assert!(
            case.is_passed(),
            "{name}: {:#?} {:#?}",
            case.mismatches,
            case.log
        );
    }
}

/// Runs them, and returns what is wrong with each: what, expected and actual.
async fn wrong(component: &[u8], cases: &str) -> Vec<String> {
    let report = report(component, cases).await;
    report.cases.iter().map(of_case).collect()
}

fn of_case(case: &CaseReport) -> String {
    let mismatches = case.mismatches.iter().map(|it| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        format!("{}\n{}\n{}", it.what, text(&it.expected), text(&it.actual))
    });
    mismatches.collect::<Vec<_>>().join("\n")
}
