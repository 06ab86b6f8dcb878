//! `tasker component …`

mod approve;
mod diff;
pub(crate) mod push;
mod quarantine;
pub(crate) mod show;

use crate::definition::{Ls, unyank, yank};
use crate::one_version::OneVersion;
use crate::{CliError, Context, Exit};
use tasker_domain::pin::PinKind;
use tasker_wire::component::{ListComponents, UnyankComponent, YankComponent};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Push(push::Push),
    /// List the components.
    Ls(Ls),
    Show(show::Show),
    Diff(diff::Diff),
    Approve(approve::Approve),
    /// Yank a version: new tasks do not use it; existing tasks keep it.
    ///
    /// Pins that only this version satisfied are rolled back, where possible.
    Yank(OneVersion),
    /// Undo a yank.
    Unyank(OneVersion),
    /// Stop a version immediately on every host: nothing starts it, and running attempts are ended.
    ///
    /// Its steps wait, without using up attempts, until it is released. The same bytes are stopped under
    /// every name they have. Pins that only they satisfied are rolled back.
    Quarantine(OneVersion),
    /// List quarantined components.
    Quarantined,
    /// Lift a quarantine; the steps that waited for it continue.
    Release(OneVersion),
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    const KIND: PinKind = PinKind::Component;
    match command {
        Command::Push(push) => push.run(context).await,
        Command::Ls(ls) => {
            let first = "tasker new my-handler, then: tasker component push my-handler";
            ls.run(ListComponents {}, KIND, first, context).await
        }
        Command::Show(show) => show.run(context).await,
        Command::Diff(diff) => diff.run(context).await,
        Command::Approve(approve) => approve.run(context).await,
        Command::Yank(version) => yank(&version, KIND, YankComponent::at, context).await,
        Command::Unyank(version) => unyank(&version, KIND, UnyankComponent::at, context).await,
        Command::Quarantine(version) => quarantine::quarantine(&version, context).await,
        Command::Quarantined => quarantine::ls(context).await,
        Command::Release(version) => quarantine::release(&version, context).await,
    }
}
