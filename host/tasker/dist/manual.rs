//! Writes a manual page for each command: `make dist` calls it with the folder to write to.

use anyhow::Context as _;
use clap::CommandFactory as _;
use tasker::command::Cli;

fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1);
    let folder = folder.context("usage: manual FOLDER")?;
    std::fs::create_dir_all(&folder)?;
    clap_mangen::generate_to(Cli::command(), folder)?;
    Ok(())
}
