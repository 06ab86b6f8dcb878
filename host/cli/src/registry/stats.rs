//! `tasker registry stats`

use crate::units::{count, joined, size};
use crate::{Context, Result, fields};
use tasker_domain::inventory::Statistics;
use tasker_wire::registry::ShowStatistics;

pub async fn run(context: &Context) -> Result {
    let found = context.ask(ShowStatistics {}).await?;
    Ok(context.show(&found, text).next(["tasker registry tree"]))
}

fn text(it: &Statistics) -> String {
    let families = |n, versions: usize| format!("{n} in {}", count(versions, "version"));
    let languages = it.languages.iter();
    let languages = languages.map(|(name, count)| format!("{name} {count}"));
    fields([
        ("namespaces", it.namespaces.to_string()),
        ("components", families(it.components, it.component_versions)),
        ("templates", families(it.templates, it.template_versions)),
        (
            "uploads",
            format!("{} of {}", it.uploads, size(it.upload_bytes)),
        ),
        ("set aside", set_aside(it)),
        ("languages", joined(languages, ", ")),
        ("pins", it.pins.to_string()),
        ("locks", it.locks.to_string()),
        ("open tasks", it.open_tasks.to_string()),
        ("generation", it.generation.to_string()),
    ])
}

/// What new tasks do not take; empty where there is nothing of it.
fn set_aside(it: &Statistics) -> String {
    let parts = [
        (it.yanked, "yanked"),
        (it.needs_approval, "waiting for approval"),
        (it.quarantined_digests, "quarantined"),
    ];
    let some = parts.into_iter().filter(|(count, _)| *count > 0);
    joined(some.map(|(count, what)| format!("{count} {what}")), ", ")
}
