//! The program `tasker`: read the arguments, run one command, end with a code that says how it went.

use clap::Parser as _;
use std::process::ExitCode;
use tasker::command::Cli;
use tasker::process;

fn main() -> anyhow::Result<ExitCode> {
    process::prepare();
    let cli = Cli::parse();
    if let Some(code) = cli.without_runtime() {
        return Ok(code);
    }
    if cli.has_private_database() {
        forget_client_options();
    }
    Ok(process::run(cli.run())?.into())
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
