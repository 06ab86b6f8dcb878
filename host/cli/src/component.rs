//! `tasker component …`

mod approve;
mod diff;
mod plan;
pub(crate) mod publish;
mod quarantine;
pub(crate) mod show;
mod sign;

use crate::definition::{Ls, unyank, yank};
use crate::one_version::OneVersion;
use crate::references::ShowReferences;
use crate::{CliError, Context, Exit};
use tasker_domain::pin::PinKind;
use tasker_wire::component::{ListComponents, UnyankComponent, YankComponent};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Publish(publish::Publish),
    /// List components.
    Ls(Ls),
    Show(show::Show),
    Diff(diff::Diff),
    /// Show what references a component, or one version of it: template steps, pins, open tasks.
    References(ShowReferences),
    Impact(plan::Impact),
    Sign(sign::Sign),
    /// Approve a version: grant the capabilities that it requests, and let new tasks use it.
    Approve(OneVersion),
    /// Yank a version: new tasks do not use it; existing tasks keep it.
    ///
    /// Pins that only this version satisfied are rolled back, where possible.
    Yank(OneVersion),
    /// Undo a yank.
    Unyank(OneVersion),
    Quarantine(quarantine::StopVersion),
    /// Lift a quarantine; the steps that waited for it continue.
    Release(OneVersion),
    /// List quarantined components.
    Quarantined,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    const KIND: PinKind = PinKind::Component;
    match command {
        Command::Publish(publish) => publish.run(context).await,
        Command::Ls(ls) => {
            let first = "tasker new my-handler, then: tasker component publish my-handler";
            ls.run(ListComponents {}, KIND, first, context).await
        }
        Command::Show(show) => show.run(context).await,
        Command::Diff(diff) => diff.run(context).await,
        Command::References(show) => show.run(KIND, context).await,
        Command::Impact(impact) => impact.run(context).await,
        Command::Sign(sign) => sign.run(context.output),
        Command::Approve(version) => approve::approve(version, context).await,
        Command::Yank(version) => yank(version, KIND, YankComponent::at, context).await,
        Command::Unyank(version) => unyank(version, KIND, UnyankComponent::at, context).await,
        Command::Quarantine(stop) => stop.run(context).await,
        Command::Release(version) => quarantine::release(version, context).await,
        Command::Quarantined => quarantine::ls(context).await,
    }
}
