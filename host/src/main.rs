//! The program `tasker`: read the arguments, run one command, end with a code that says how it went.

use clap::Parser as _;
use std::process::ExitCode;
use tasker::cli::Cli;

/// Validating the deepest input that is accepted against the most winding schema takes a half of it.
const THREAD_STACK_BYTES: usize = 4 << 20;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<ExitCode> {
    // Fails only where a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    if let Some(code) = cli.without_runtime() {
        return Ok(code);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(THREAD_STACK_BYTES)
        .build()?;
    Ok(runtime.block_on(cli.run()).into())
}
