//! `tasker step …`

pub mod logs;

use crate::{Context, Result};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Logs(logs::Logs),
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Logs(logs) => logs.run(context).await,
    }
}
