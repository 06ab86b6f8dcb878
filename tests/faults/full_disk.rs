//! A disk that is full for a while.

use super::load::Load;
use super::server::Site;
use crate::harness::wait_until;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Longer than a step's time, its grace, and what a host may be silent for.
const LONG: Duration = Duration::from_millis(2_500);

/// Builds what makes PostgreSQL's disk look full, which takes no rights and no file system of its own.
fn preload(site: &Site) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/full_disk/preload.rs");
    let built = site.path().join("full_disk.so");
    let status = Command::new("rustc")
        .args([
            "--edition=2024",
            "--crate-type=cdylib",
            "-Cpanic=abort",
            "-O",
            "-o",
        ])
        .args([&built, &source])
        .status()
        .unwrap();
    assert!(status.success());
    std::fs::set_permissions(&built, Permissions::from_mode(0o755)).unwrap();
    built
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_for_a_while_costs_no_step_an_attempt() {
    let site = Site::new();
    let full = site.path().join("full");
    let environment = [
        ("LD_PRELOAD", preload(&site).display().to_string()),
        ("TASKER_FULL_DISK", full.display().to_string()),
    ];
    let server = site.primary(&environment).await;
    let load = Load::begin(&site).await;
    std::fs::write(&full, "").unwrap();
    // Steps are updated in place until a page is full; this needs a new one.
    let fill = "create table filler as select repeat('x', 1000) from generate_series(1, 100)";
    wait_until("the disk is full", async || {
        server
            .try_run(fill)
            .await
            .err()
            .filter(|error| error.contains("No space left"))
    })
    .await;
    tokio::time::sleep(LONG).await;
    std::fs::remove_file(&full).unwrap();
    load.all_succeed().await;
    load.nobody_died().await;
    load.stop().await;
}
