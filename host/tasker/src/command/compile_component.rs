//! `tasker compile-component`: what a host starts to have an upload compiled.

use std::process::ExitCode;
use std::time::Duration;
use tasker_sandbox::{CompileLimits, compile_within};

/// Compile the component on standard input to standard output, within limits.
#[derive(Debug, clap::Args)]
pub struct CompileComponent {
    #[arg(long)]
    cpu_seconds: u64,
    #[arg(long)]
    memory_bytes: u64,
}

impl CompileComponent {
    /// Returns the code of the process; to be called where nothing else runs in it.
    pub fn run(&self) -> ExitCode {
        compile_within(CompileLimits {
            cpu: Duration::from_secs(self.cpu_seconds),
            memory_bytes: self.memory_bytes,
        })
    }
}
