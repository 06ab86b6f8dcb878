//! `tasker template …`

pub(crate) mod check;
mod diff;
mod graph;
mod ls;
mod push;
pub(crate) mod show;
mod yank;

use crate::{CliError, Context, Exit};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Push(push::Push),
    Check(check::Check),
    Ls(ls::Ls),
    Show(show::Show),
    Diff(diff::Diff),
    Yank(yank::Yank),
    Unyank(yank::Unyank),
    Graph(graph::Graph),
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Push(push) => push.run(context).await,
        Command::Check(check) => check.run(context),
        Command::Ls(ls) => ls.run(context).await,
        Command::Show(show) => show.run(context).await,
        Command::Diff(diff) => diff.run(context).await,
        Command::Yank(yank) => yank.run(context).await,
        Command::Unyank(unyank) => unyank.run(context).await,
        Command::Graph(graph) => graph.run(context).await,
    }
}
