//! `tasker component …`

mod approve;
pub mod diff;
mod ls;
pub(crate) mod push;
mod quarantine;
pub(crate) mod show;
mod yank;

use crate::{CliError, Context, Exit};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Push(push::Push),
    Ls(ls::Ls),
    Show(show::Show),
    Diff(diff::Diff),
    Approve(approve::Approve),
    Yank(yank::Yank),
    Unyank(yank::Unyank),
    Quarantine(quarantine::Quarantine),
    Quarantined(quarantine::Quarantined),
    Release(quarantine::Release),
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Push(push) => push.run(context).await,
        Command::Ls(ls) => ls.run(context).await,
        Command::Show(show) => show.run(context).await,
        Command::Diff(diff) => diff.run(context).await,
        Command::Approve(approve) => approve.run(context).await,
        Command::Yank(yank) => yank.run(context).await,
        Command::Unyank(unyank) => unyank.run(context).await,
        Command::Quarantine(quarantine) => quarantine.run(context).await,
        Command::Quarantined(quarantined) => quarantined.run(context).await,
        Command::Release(release) => release.run(context).await,
    }
}
