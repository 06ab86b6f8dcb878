//! What uses a component, whatever its version: template steps, pins, open tasks.

use crate::client::Ask as _;
use crate::definition::words;
use crate::hidden::hidden_text;
use crate::output::Output;
use crate::paint::Tone;
use crate::reference::Reference;
use crate::units::paragraphs;
use crate::{CliError, Context, Exit};
use tasker_domain::inventory::{self, StepUse};
use tasker_wire::registry::ShowUses;

pub(super) async fn show(component: &Reference, context: &Context) -> Result<Exit, CliError> {
    let call = context.client.call(component.family_at(ShowUses::at));
    let (found, output) = (call.ask().await?, context.output);
    output.show(&found.text, || text(&found.value, output))?;
    let one = found.value.versions.iter().find(|it| it.open_tasks > 0);
    let one = one.or(found.value.versions.first());
    output.next(one.map(|it| format!("tasker component references {component}@{}", it.version)));
    Ok(Exit::Complete)
}

fn text(found: &inventory::Uses, output: Output) -> String {
    let versions = output.columns(
        &found.versions,
        [
            ("version", &|it| it.version.to_string()),
            ("status", &|it| it.status.as_str().replace('_', " ")),
            ("open tasks", &|it| it.open_tasks.to_string()),
            ("steps that take it", &|it| it.steps.to_string()),
        ],
        "no versions",
    );
    let steps = output.columns(
        &found.steps,
        [
            ("template", &template),
            ("step", &|it| it.step.clone()),
            ("handler", &|it| it.handler.to_string()),
            ("requirement", &|it| it.requirement.to_string()),
            ("takes", &takes),
        ],
        "no template runs it",
    );
    let pins = output.columns(
        &found.pins,
        [
            ("pinned in", &|it| it.namespace.to_string()),
            ("requirement", &|it| it.requirement.canonical()),
        ],
        "no pins",
    );
    let mut parts = vec![versions, steps, pins];
    parts.extend(hidden_text(found.hidden));
    if found.is_cut {
        let cut = "there are more than can be shown";
        parts.push(output.paint.tone(Tone::Caution, cut));
    }
    paragraphs(parts)
}

fn template(step: &StepUse) -> String {
    let reason = step.status.ineligible();
    let reason = reason.map_or_else(String::new, |reason| format!(" ({})", words(reason)));
    format!(
        "{}/{}@{}{reason}",
        step.namespace, step.template, step.version
    )
}

fn takes(step: &StepUse) -> String {
    let takes = step.takes.as_ref();
    takes.map_or_else(|| "nothing".to_owned(), ToString::to_string)
}
