//! `tasker component approve`

use super::show;
use crate::definition::words;
use crate::one_version::OneVersion;
use crate::{CliError, Context, Exit};
use tasker_wire::component::{ApproveComponent, ComponentVersion};

pub async fn approve(version: OneVersion, context: &Context) -> Result<Exit, CliError> {
    let (_, approved) = version.change(ApproveComponent::at, context).await?;
    let version = &approved.value;
    context.output.done(&approved.text, || text(version))?;
    let mut commands = show::next(version);
    commands.push(format!("tasker grant ls {}", version.namespace));
    context.output.next(&commands);
    Ok(Exit::Complete)
}

fn text(version: &ComponentVersion) -> String {
    let release = version.release();
    let mut text = match version.ineligible() {
        None => format!("{release} is approved: new tasks may take it"),
        Some(reason) => {
            let reason = words(reason);
            format!("{release} is approved, but {reason}: new tasks don't take it")
        }
    };
    for grant in version.granted.iter().flatten() {
        text += &format!("\n  granted in {}: {}", grant.namespace, grant.capability);
    }
    text
}
