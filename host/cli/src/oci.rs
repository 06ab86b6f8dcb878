//! `tasker oci …`

mod access;
mod artifact;
mod place;
mod pull;
mod push;
mod signatures;
mod trouble;

use crate::{Context, Result};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Push(push::Push),
    Pull(pull::Pull),
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Push(push) => push.run(context).await,
        Command::Pull(pull) => pull.run(context).await,
    }
}
