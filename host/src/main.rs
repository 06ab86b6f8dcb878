//! The program `tasker`: read the arguments, run one command, end with a code that says how it went.

use clap::Parser as _;
use std::process::ExitCode;
use std::time::Duration;
use tasker::cli::Cli;

/// Validating the deepest input that is accepted against the most winding schema takes a half of it.
const THREAD_STACK_BYTES: usize = 4 << 20;

/// How long threads that are busy may keep the process after its command has ended.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<ExitCode> {
    // Fails only where a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    if let Some(code) = cli.without_runtime() {
        return Ok(code);
    }
    if cli.has_private_database() {
        forget_client_options();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(THREAD_STACK_BYTES)
        .build()?;
    let exit = runtime.block_on(cli.run());
    // A name that is still being looked up, or a file that hangs, must not keep the process.
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    Ok(exit.into())
}

/// What the environment has for clients of other databases is not for the private one, and the driver
/// reads it wherever it connects to.
#[expect(
    unsafe_code,
    reason = "changing the environment is safe while there is one thread, as there is here"
)]
fn forget_client_options() {
    // SAFETY: no other thread runs yet that could read the environment.
    unsafe {
        std::env::remove_var("PGOPTIONS");
    }
}
