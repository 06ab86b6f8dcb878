//! `tasker step …`

pub mod logs;
pub mod recorded;

use crate::local_sandbox::LocalSandbox;
use crate::{Context, Result};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Logs(logs::Logs),
    Replay(recorded::Replay),
    Export(recorded::Export),
}

pub async fn run(command: Command, context: &Context, sandbox: &dyn LocalSandbox) -> Result {
    match command {
        Command::Logs(logs) => logs.run(context).await,
        Command::Replay(replay) => replay.run(context, sandbox).await,
        Command::Export(export) => export.run(context, sandbox).await,
    }
}
