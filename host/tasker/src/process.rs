//! What every program that runs a host sets up first.

use std::time::Duration;

/// Validating the deepest input that is accepted against the most winding schema takes a half of it.
const THREAD_STACK_BYTES: usize = 4 << 20;

/// How long threads that are busy may keep the process after its command has ended.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Installs the provider of cryptography.
pub fn prepare() {
    // Fails only where a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Runs the future on a runtime of its own; gives up on what still runs afterwards.
pub fn run<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(THREAD_STACK_BYTES)
        .build()?;
    let ended = runtime.block_on(future);
    // A name that is still being looked up, or a file that hangs, must not keep the process.
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    Ok(ended)
}
