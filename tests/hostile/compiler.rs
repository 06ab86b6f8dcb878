//! The child process that compiles.

use super::components;
use crate::harness::tasker;
use crate::sandbox::guests;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tasker_sandbox::{
    CompileBound, CompileLimits, Compiler, Refusal, Sandbox, SandboxConfig, SandboxError,
};

fn sandbox(cache_dir: &Path, program: PathBuf, limits: CompileLimits) -> Sandbox {
    let compiler = Compiler::Child { program, limits };
    let config = SandboxConfig {
        cache_dir: cache_dir.to_owned(),
        max_concurrent: 4,
        compiler,
    };
    Sandbox::new(config).unwrap()
}

/// A program that stands in for the compiler.
fn script(dir: &Path, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = dir.join("compiler");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

async fn error_with(program: impl FnOnce(&Path) -> PathBuf, limits: CompileLimits) -> SandboxError {
    let dir = tempfile::tempdir().unwrap();
    let program = program(dir.path());
    let sandbox = sandbox(&dir.path().join("cache"), program, limits);
    sandbox.inspect(guests::undescribed()).await.unwrap_err()
}

#[tokio::test]
async fn what_a_child_compiles_runs_as_if_it_were_compiled_here() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = sandbox(dir.path(), tasker().to_owned(), CompileLimits::default());
    let inspected = sandbox.inspect(guests::misbehaving()).await.unwrap();
    assert!(inspected.descriptor.may_have("echo"));
}

#[tokio::test]
async fn time_and_memory_that_do_not_suffice_are_reported() {
    let dir = tempfile::tempdir().unwrap();
    let cpu = Duration::from_secs(1);
    let short = CompileLimits {
        cpu,
        ..CompileLimits::default()
    };
    let sandbox = sandbox(dir.path(), tasker().to_owned(), short);
    let started = Instant::now();
    let refused = sandbox.inspect(components::many_functions()).await;
    assert!(
        matches!(
            refused,
            Err(SandboxError::Refused(Refusal::CompileLimit(
                CompileBound::Cpu(limit) | CompileBound::Wall(limit)
            ))) if limit == cpu || limit == 2 * cpu
        ),
        "{refused:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_compiler_that_hangs_is_ended() {
    let cpu = Duration::from_millis(50);
    let limits = CompileLimits {
        cpu,
        ..CompileLimits::default()
    };
    let error = error_with(|dir| script(dir, "exec sleep 1000"), limits).await;
    assert!(
        matches!(
            error,
            SandboxError::Refused(Refusal::CompileLimit(CompileBound::Wall(_)))
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_compiler_that_crashes_is_the_components_fault() {
    let crash = "echo 'thread main panicked' >&2; kill -SEGV $$";
    let error = error_with(|dir| script(dir, crash), CompileLimits::default()).await;
    assert!(
        matches!(&error, SandboxError::Refused(Refusal::CompilerCrash { how }) if how.contains("thread main panicked")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_compiler_that_is_killed_fails_or_is_missing_is_the_hosts_trouble() {
    let killed = |dir: &Path| script(dir, "kill -KILL $$");
    let error = error_with(killed, CompileLimits::default()).await;
    assert!(matches!(error, SandboxError::Compiler(_)), "{error:?}");
    let failing = |dir: &Path| script(dir, "echo 'no more threads' >&2; exit 1");
    let error = error_with(failing, CompileLimits::default()).await;
    assert!(
        matches!(&error, SandboxError::Compiler(why) if why.to_string() == "no more threads"),
        "{error:?}"
    );
    let missing = |dir: &Path| dir.join("missing");
    let error = error_with(missing, CompileLimits::default()).await;
    assert!(matches!(error, SandboxError::Compiler(_)), "{error:?}");
}

#[tokio::test]
async fn a_compiler_that_writes_without_end_is_ended() {
    let endless = |dir: &Path| script(dir, "exec cat /dev/zero");
    let error = error_with(endless, CompileLimits::default()).await;
    assert!(
        matches!(
            error,
            SandboxError::Refused(Refusal::CompileLimit(CompileBound::Code(_)))
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_compiler_that_answers_nonsense_runs_nothing_and_no_component_is_to_blame() {
    let nonsense = |dir: &Path| script(dir, "cat >/dev/null; echo nonsense");
    let error = error_with(nonsense, CompileLimits::default()).await;
    assert!(matches!(error, SandboxError::Compiler(_)), "{error:?}");
}

#[tokio::test]
async fn code_of_another_compiler_is_not_run() {
    // The length of eight bytes, and these.
    let foreign = |dir: &Path| {
        script(
            dir,
            "cat >/dev/null; printf '\\010\\0\\0\\0\\0\\0\\0\\0nonsense'",
        )
    };
    let error = error_with(foreign, CompileLimits::default()).await;
    assert!(
        matches!(error, SandboxError::Refused(Refusal::Compile(_))),
        "{error:?}"
    );
}
