//! Any bytes are a component that can run, or are refused in words: as they come, and as a generator
//! makes a component of them.

use arbitrary::Unstructured;
use std::sync::LazyLock;
use tasker_compat::exports::compare_exports;
use tasker_sandbox::{Compiler, Sandbox, SandboxConfig, SandboxError};
use tokio::runtime::{Builder, Runtime};
use wasm_smith::{Component, Config};

/// The compiler runs in this process, where its panics are findings.
static SANDBOX: LazyLock<(Sandbox, Runtime, tempfile::TempDir)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let config = SandboxConfig {
        cache_dir: folder.path().to_owned(),
        max_concurrent: 1,
        compiler: Compiler::InProcess,
    };
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime can be made");
    let sandbox = runtime.block_on(async { Sandbox::new(config) });
    (
        sandbox.expect("this machine has a sandbox"),
        runtime,
        folder,
    )
});

fn inspect(bytes: &[u8]) {
    let (sandbox, runtime, _) = &*SANDBOX;
    match runtime.block_on(sandbox.inspect(bytes)) {
        Ok(inspected) => assert!(!inspected.descriptor.contract.is_empty()),
        Err(SandboxError::Refused(refusal)) => assert!(!refusal.chain().is_empty()),
        Err(error) => panic!("{error:?}"),
    }
}

pub fn check(bytes: &[u8]) {
    inspect(bytes);
    compare_exports(bytes, bytes);
    let made = Component::new(Config::default(), &mut Unstructured::new(bytes));
    if let Ok(made) = made {
        inspect(&made.to_bytes());
    }
}
