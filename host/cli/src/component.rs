//! `tasker component …`

mod approve;
mod call;
mod diff;
mod plan;
pub(crate) mod publish;
mod quarantine;
pub(crate) mod show;
mod sign;

use crate::definition::{ls, unyanked, yanked};
use crate::local_sandbox::LocalSandbox;
use crate::references::ShowReferences;
use crate::{Context, InNamespace, InOrder, OneVersion, Result};
use tasker_domain::pin::PinKind;
use tasker_wire::component::{
    ApproveComponent, ComponentVersion, ListComponents, UnyankComponent, YankComponent,
};
use tasker_wire::quarantine::ReleaseComponent;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Publish(publish::Publish),
    /// List components.
    Ls(InNamespace),
    Show(show::Show),
    Diff(diff::Diff),
    /// Show what references a component, or one version of it: template steps, pins, open tasks.
    References(ShowReferences),
    Impact(plan::Impact),
    Call(call::CallHandler),
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
    Quarantined(InOrder),
}

pub async fn run(command: Command, context: &Context, sandbox: &dyn LocalSandbox) -> Result {
    const KIND: PinKind = PinKind::Component;
    match command {
        Command::Publish(publish) => publish.run(context).await,
        Command::Ls(of) => {
            let first = "tasker new handler my-handler, then: tasker component publish my-handler";
            ls(of, ListComponents {}, KIND, first, context).await
        }
        Command::Show(show) => show.run(context).await,
        Command::Diff(diff) => diff.run(context).await,
        Command::References(show) => show.run(KIND, context).await,
        Command::Impact(impact) => impact.run(context).await,
        Command::Call(call) => call.run(context, sandbox).await,
        Command::Sign(sign) => sign.run(context.output),
        Command::Approve(version) => {
            let told = |_: &_, it: &_| approve::told(it);
            version.change(ApproveComponent::at, context, told).await
        }
        Command::Yank(version) => {
            let told = |of: &_, it: &ComponentVersion| yanked(KIND, of, &it.pins);
            version.change(YankComponent::at, context, told).await
        }
        Command::Unyank(version) => {
            let told = |of: &_, it: &ComponentVersion| unyanked(KIND, of, it.ineligible());
            version.change(UnyankComponent::at, context, told).await
        }
        Command::Quarantine(stop) => stop.run(context).await,
        Command::Release(version) => {
            let told = quarantine::released;
            version.change(ReleaseComponent::at, context, told).await
        }
        Command::Quarantined(order) => quarantine::ls(&order, context).await,
    }
}
