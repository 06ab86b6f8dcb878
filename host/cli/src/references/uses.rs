//! What uses a component, whatever its version: template steps, pins, open tasks.

use super::subscription_text;
use crate::hidden::hidden_text;
use crate::plan_text;
use crate::units::{joined, paragraphs};
use crate::{Context, Reference, Result, Table, Tone, definition, fields, words};
use tasker_domain::inventory::{self, PinUse, StepUse, UsedVersion};
use tasker_wire::registry::ShowUses;

pub(super) async fn show(component: &Reference, context: &Context) -> Result {
    let found = context.ask(component.family_at(ShowUses::at)).await?;
    let versions = &found.value.versions;
    let one = versions
        .iter()
        .find(|it| it.open_tasks > 0)
        .or(versions.first());
    let next = one.map(|it| format!("tasker component references {component}@{}", it.version));
    Ok(context.show(&found, text).next(next))
}

fn text(found: &inventory::Uses) -> String {
    let versions = Table::new([
        ("version", &|it: &UsedVersion| it.version.to_string()),
        ("status", &|it| definition::status(it.status)),
        ("open tasks", &|it| it.open_tasks.to_string()),
        ("steps that take it", &|it| it.steps.to_string()),
    ])
    .or("no versions")
    .rows(&found.versions);
    let steps = Table::new([
        ("template", &template),
        ("step", &|it| it.step.clone()),
        ("handler", &|it| it.handler.to_string()),
        ("requirement", &|it| it.requirement.to_string()),
        ("takes", &|it| plan_text::version(it.takes.as_ref())),
    ])
    .or("no template runs it")
    .rows(&found.steps);
    let pins = Table::new([
        ("pinned in", &|it: &PinUse| it.namespace.to_string()),
        ("requirement", &|it| it.requirement.canonical()),
    ])
    .or("no pins")
    .rows(&found.pins);
    let subscriptions = joined(found.subscriptions.iter().map(subscription_text), "\n");
    let subscriptions = match subscriptions.is_empty() {
        true => subscriptions,
        false => fields([("subscriptions", subscriptions)]),
    };
    let cut = found
        .is_cut
        .then(|| Tone::Caution.of("there are more than can be shown"));
    let parts = [
        versions,
        steps,
        pins,
        subscriptions,
        hidden_text(found.hidden),
    ];
    paragraphs(parts.into_iter().chain(cut))
}

fn template(step: &StepUse) -> String {
    let (namespace, template, version) = (&step.namespace, &step.template, &step.version);
    let reason = step.status.ineligible();
    let reason = reason.map_or_else(String::new, |reason| format!(" ({})", words(reason)));
    format!("{namespace}/{template}@{version}{reason}")
}
