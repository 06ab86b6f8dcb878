//! `tasker template …`

pub(crate) mod check;
mod diff;
mod graph;
mod push;
pub(crate) mod show;

use crate::definition::{Ls, unyank, yank};
use crate::one_version::OneVersion;
use crate::{CliError, Context, Exit};
use tasker_domain::pin::PinKind;
use tasker_wire::template::{ListTemplates, UnyankTemplate, YankTemplate};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Push(push::Push),
    Check(check::Check),
    /// List the templates.
    Ls(Ls),
    Show(show::Show),
    Diff(diff::Diff),
    /// Yank a version: new tasks do not use it; existing tasks keep it.
    ///
    /// Pins that only this version satisfied are rolled back, where possible.
    Yank(OneVersion),
    /// Undo a yank.
    Unyank(OneVersion),
    Graph(graph::Graph),
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    const KIND: PinKind = PinKind::Template;
    match command {
        Command::Push(push) => push.run(context).await,
        Command::Check(check) => check.run(context),
        Command::Ls(ls) => {
            let first = "tasker template push FILE";
            ls.run(ListTemplates {}, KIND, first, context).await
        }
        Command::Show(show) => show.run(context).await,
        Command::Diff(diff) => diff.run(context).await,
        Command::Yank(version) => yank(&version, KIND, YankTemplate::at, context).await,
        Command::Unyank(version) => unyank(&version, KIND, UnyankTemplate::at, context).await,
        Command::Graph(graph) => graph.run(context).await,
    }
}
