//! Compiled code is kept, and only what this host wrote is loaded.

use super::attempt::attempt;
use super::guests;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tasker_domain::digest::Digest;
use tasker_sandbox::{Compiler, HostServices, Sandbox, SandboxConfig, SandboxError};

fn open(dir: &Path) -> Sandbox {
    Sandbox::new(SandboxConfig {
        cache_dir: dir.to_owned(),
        max_concurrent: 4,
        compiler: Compiler::InProcess,
    })
    .unwrap()
}

/// Prepares the small guest and tells how often its bytes were asked for.
async fn loads(sandbox: &Sandbox) -> usize {
    let asked = AtomicUsize::new(0);
    let load = async || {
        asked.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(guests::undescribed().to_vec())
    };
    sandbox
        .prepare(Digest::of(guests::undescribed()), load)
        .await
        .unwrap();
    asked.into_inner()
}

fn compiled_file(dir: &Path) -> PathBuf {
    let files = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut compiled = files.filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "cwasm")
    });
    compiled.next().expect("there is compiled code")
}

#[tokio::test]
async fn compiled_code_is_found_in_memory_and_by_the_next_host_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = open(dir.path());
    assert_eq!(loads(&sandbox).await, 1);
    assert_eq!(loads(&sandbox).await, 0);
    assert_eq!(loads(&open(dir.path())).await, 0);
}

#[tokio::test]
async fn what_was_inspected_is_not_compiled_again() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = open(dir.path());
    sandbox.inspect(guests::undescribed()).await.unwrap();
    assert_eq!(loads(&sandbox).await, 0);
}

#[tokio::test]
async fn an_upload_of_bytes_that_were_compiled_here_is_not_compiled_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).inspect(guests::undescribed()).await;
    let without_compiler = Sandbox::new(SandboxConfig {
        cache_dir: dir.path().to_owned(),
        max_concurrent: 4,
        compiler: Compiler::Child {
            program: dir.path().join("no compiler"),
            limits: Default::default(),
        },
    })
    .unwrap();
    let again = without_compiler.inspect(guests::undescribed()).await;
    assert_eq!(again.unwrap().descriptor, first.unwrap().descriptor);
    let other = guests::noted(guests::undescribed(), "never compiled");
    assert!(without_compiler.inspect(other).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_the_same_time_compile_once() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = open(dir.path());
    let asked = futures::future::join_all((0..8).map(|_| loads(&sandbox))).await;
    assert_eq!(asked.iter().sum::<usize>(), 1);
}

#[tokio::test]
async fn a_file_that_was_changed_is_compiled_again() {
    let dir = tempfile::tempdir().unwrap();
    loads(&open(dir.path())).await;
    let file = compiled_file(dir.path());
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(loads(&open(dir.path())).await, 1);
    assert_eq!(loads(&open(dir.path())).await, 0);
}

#[tokio::test]
async fn one_components_code_is_not_taken_for_anothers() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path())
        .inspect(guests::misbehaving())
        .await
        .unwrap();
    let name = compiled_file(dir.path());
    let wrong = Digest::of(guests::misbehaving()).to_string();
    let right = Digest::of(guests::undescribed()).to_string();
    let renamed = name.to_str().unwrap().replace(&wrong, &right);
    std::fs::rename(&name, renamed).unwrap();
    assert_eq!(loads(&open(dir.path())).await, 1);
}

#[tokio::test]
async fn bytes_with_another_digest_are_not_run() {
    let dir = tempfile::tempdir().unwrap();
    let load = async || Ok::<_, Infallible>(b"something else".to_vec());
    let refused = open(dir.path())
        .prepare(Digest::of(guests::undescribed()), load)
        .await;
    assert!(matches!(
        refused.err(),
        Some(SandboxError::WrongBytes { .. })
    ));
}

#[tokio::test]
async fn only_the_owner_may_read_the_key() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    open(&dir.path().join("cache"));
    let mode = |path: &str| {
        std::fs::metadata(dir.path().join(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!((mode("cache"), mode("cache/key")), (0o700, 0o600));
}

#[tokio::test]
async fn an_upload_is_inspected_though_attempts_hold_every_place() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(SandboxConfig {
        cache_dir: dir.path().to_owned(),
        max_concurrent: 1,
        compiler: Compiler::InProcess,
    })
    .unwrap();
    let digest = sandbox.inspect(guests::misbehaving()).await.unwrap().digest;
    let load = async || Ok::<_, Infallible>(guests::misbehaving().to_vec());
    let prepared = sandbox.prepare(digest, load).await.unwrap();
    let sleeps = attempt("sleeps").deadline_ms(600_000).invocation();
    let holds = sandbox.execute(&prepared, sleeps, HostServices::default());
    let mut holds = std::pin::pin!(holds);
    assert!(futures::poll!(&mut holds).is_pending());
    sandbox.inspect(guests::misbehaving()).await.unwrap();
    assert!(futures::poll!(&mut holds).is_pending());
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let error = Sandbox::new(SandboxConfig {
        cache_dir: "/proc/cache".into(),
        max_concurrent: 1,
        compiler: Compiler::InProcess,
    })
    .err()
    .unwrap();
    assert!(error.to_string().contains("/proc/cache"), "{error}");
}
