//! What Prometheus itself makes of metrics, rules and dashboard; left out where it is not installed.

use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tasker_telemetry::catalog::METRICS;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/observability");

/// The program, if there is one.
fn promtool() -> Option<PathBuf> {
    let given = std::env::var_os("TASKER_PROMTOOL").map(PathBuf::from);
    let usual = PathBuf::from("/usr/bin/promtool");
    let program = given.or(usual.exists().then_some(usual));
    if program.is_none() {
        eprintln!("promtool is missing, so what Prometheus makes of metrics is not tested");
    }
    program
}

/// Fails unless promtool reads the metrics and finds nothing wrong with them.
pub(super) fn checked_by_promtool(metrics: &str) {
    let Some(promtool) = promtool() else { return };
    let mut child = Command::new(promtool)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(metrics.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
}

#[test]
fn prometheus_takes_the_example_and_its_alerts_fire_when_they_should() {
    let Some(promtool) = promtool() else { return };
    for arguments in [
        ["check", "config", "--syntax-only", "prometheus.yml"].as_slice(),
        &["check", "rules", "alerts.yml"],
        &["test", "rules", "alerts.test.yml"],
    ] {
        let checking = Command::new(&promtool)
            .args(arguments)
            .current_dir(EXAMPLE)
            .output()
            .unwrap();
        let said = [checking.stdout, checking.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(checking.status.success(), "{arguments:?}: {said}");
    }
}

/// The names of metrics in a text.
fn named(text: &str) -> BTreeSet<&str> {
    let is_other = |c: char| !(c.is_ascii_lowercase() || c == '_');
    let words = text.split(is_other);
    let of_ours = |word: &&str| word.starts_with("tasker_") || word.starts_with("process_");
    words.filter(of_ours).collect()
}

#[test]
fn alerts_and_dashboard_name_metrics_that_exist() {
    let read = |file: &str| std::fs::read_to_string(Path::new(EXAMPLE).join(file)).unwrap();
    let (alerts, dashboard) = (read("alerts.yml"), read("dashboard.json"));
    let json: Value = serde_json::from_str(&dashboard).unwrap();
    assert!(json["panels"].as_array().unwrap().len() > 5);
    let parts = ["", "_bucket", "_sum", "_count"];
    for name in named(&alerts).into_iter().chain(named(&dashboard)) {
        let is_known = METRICS.iter().any(|metric| {
            let stem = name.strip_prefix(metric.name);
            stem.is_some_and(|part| parts.contains(&part))
        });
        assert!(is_known, "{name}");
    }
}
