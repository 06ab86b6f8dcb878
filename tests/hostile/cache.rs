//! Compiled code that this host did not write: to load it would be to run it.

use crate::sandbox::guests;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tasker_domain::digest::Digest;
use tasker_sandbox::{Compiler, Sandbox, SandboxConfig};
use tempfile::TempDir;

/// Bytes of a MAC, with which a file begins.
const MAC_BYTES: usize = 32;

/// A cache with the small guest in it, and the file that holds its compiled code.
async fn filled() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    assert!(is_compiled(dir.path()).await);
    let files = fs::read_dir(dir.path()).unwrap();
    let mut files = files.map(|entry| entry.unwrap().path());
    let file = files.find(|path| path.extension().is_some_and(|end| end == "cwasm"));
    (dir, file.expect("there is compiled code"))
}

/// Whether a host with this cache has to compile the small guest.
async fn is_compiled(dir: &Path) -> bool {
    let sandbox = Sandbox::new(SandboxConfig {
        cache_dir: dir.to_owned(),
        max_concurrent: 4,
        compiler: Compiler::InProcess,
    });
    let asked = AtomicBool::new(false);
    let load = async || {
        asked.store(true, Ordering::Relaxed);
        Ok::<_, Infallible>(guests::undescribed().to_vec())
    };
    let digest = Digest::of(guests::undescribed());
    sandbox.unwrap().prepare(digest, load).await.unwrap();
    asked.into_inner()
}

#[tokio::test]
async fn a_file_that_was_cut_is_compiled_again() {
    let (dir, file) = filled().await;
    let whole = fs::read(&file).unwrap();
    for length in [
        0,
        1,
        MAC_BYTES - 1,
        MAC_BYTES,
        MAC_BYTES + 1,
        whole.len() - 1,
    ] {
        fs::write(&file, &whole[..length]).unwrap();
        assert!(is_compiled(dir.path()).await, "{length} bytes");
        assert_eq!(fs::read(&file).unwrap().len(), whole.len());
    }
    assert!(!is_compiled(dir.path()).await);
}

#[tokio::test]
async fn a_file_with_a_bit_turned_anywhere_is_compiled_again() {
    let (dir, file) = filled().await;
    let whole = fs::read(&file).unwrap();
    for at in [
        0,
        MAC_BYTES - 1,
        MAC_BYTES,
        MAC_BYTES + 64,
        whole.len() / 3,
        whole.len() - 1,
    ] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x80;
        fs::write(&file, bytes).unwrap();
        assert!(is_compiled(dir.path()).await, "byte {at}");
    }
    let mut longer = whole.clone();
    longer.push(0);
    fs::write(&file, longer).unwrap();
    assert!(is_compiled(dir.path()).await);
}

#[tokio::test]
async fn a_file_of_a_host_with_another_key_is_compiled_again() {
    let (dir, file) = filled().await;
    let (_other_dir, other) = filled().await;
    let (own, foreign) = (fs::read(&file).unwrap(), fs::read(&other).unwrap());
    assert_ne!(own[..MAC_BYTES], foreign[..MAC_BYTES]);
    fs::write(&file, &foreign).unwrap();
    assert!(is_compiled(dir.path()).await);
    // Neither does the code of one with the MAC of the other count.
    let spliced = [&own[..MAC_BYTES], &foreign[MAC_BYTES..MAC_BYTES + 100]].concat();
    fs::write(&file, spliced).unwrap();
    assert!(is_compiled(dir.path()).await);
}

#[tokio::test]
async fn a_file_of_another_engine_is_not_looked_at() {
    let (dir, file) = filled().await;
    let name = file.file_name().unwrap().to_str().unwrap();
    let (digest, _) = name.split_once('-').unwrap();
    let other = dir.path().join(format!("{digest}-0123456789abcdef.cwasm"));
    fs::rename(&file, other).unwrap();
    assert!(is_compiled(dir.path()).await);
    assert!(file.exists());
}

#[tokio::test]
async fn what_is_no_file_is_replaced_or_left_alone() {
    let (dir, file) = filled().await;
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(is_compiled(dir.path()).await);
    fs::remove_dir(&file).unwrap();
    let elsewhere = dir.path().join("elsewhere");
    fs::write(&elsewhere, "not the host's").unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    assert!(is_compiled(dir.path()).await);
    // What the link led to was not written to.
    assert_eq!(fs::read_to_string(elsewhere).unwrap(), "not the host's");
    assert!(!is_compiled(dir.path()).await);
}
