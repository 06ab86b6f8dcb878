//! `tasker component …`

mod approve;
pub mod diff;
mod ls;
mod push;
mod show;

use crate::cli::{CliError, Context, Exit};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Push(push::Push),
    Ls(ls::Ls),
    Show(show::Show),
    Diff(diff::Diff),
    Approve(approve::Approve),
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Push(push) => push.run(context).await,
        Command::Ls(ls) => ls.run(context).await,
        Command::Show(show) => show.run(context).await,
        Command::Diff(diff) => diff.run(context).await,
        Command::Approve(approve) => approve.run(context).await,
    }
}
