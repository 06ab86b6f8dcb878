//! `tasker component approve`

use super::show;
use crate::client::Ask as _;
use crate::definition::words;
use crate::output::Output;
use crate::paint::Tone;
use crate::reference::Reference;
use crate::{CliError, Context, Exit, Problem};
use tasker_wire::component::{ApproveComponent, ComponentVersion};
use tasker_wire::reason::OnlyReason;

/// Approve a version: grant the capabilities that it requests, and let new tasks use it.
#[derive(Debug, clap::Args)]
pub struct Approve {
    /// Which one, for example payments/charge@1.5.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION")]
    component: Reference,
    /// Reason; recorded in the audit log.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl Approve {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        if self.component.version.is_none() {
            let what = format!("which version of {} is meant?", self.component);
            let help = format!("write for example {}@1.5.0", self.component);
            return Err(Problem::bad_input(what).help(help).into());
        }
        let call = context
            .client
            .call(self.component.version_at(ApproveComponent::at));
        let reason = self.reason;
        let approved = call.json(&OnlyReason { reason }).ask().await?;
        let version = &approved.value;
        context
            .output
            .show(&approved.text, || text(version, context.output))?;
        let mut commands = show::next(version);
        commands.push(format!("tasker grant ls --namespace {}", version.namespace));
        context.output.next(&commands);
        Ok(Exit::Complete)
    }
}

fn text(version: &ComponentVersion, output: Output) -> String {
    let mut text = format!(
        "{} {}/{}@{} is approved{}",
        output.paint.tone(Tone::Good, "✔"),
        version.namespace,
        version.component,
        version.version,
        match version.ineligible() {
            None => ": new tasks may take it".to_owned(),
            Some(reason) => format!(", but {}: new tasks don't take it", words(reason)),
        }
    );
    for grant in version.granted.iter().flatten() {
        text += &format!("\n  granted in {}: {}", grant.namespace, grant.capability);
    }
    text
}
