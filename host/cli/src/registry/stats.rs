//! `tasker registry stats`

use crate::{CliError, Context, Exit, units};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Statistics {
    generation: i64,
    namespaces: usize,
    components: usize,
    component_versions: usize,
    yanked: usize,
    needs_approval: usize,
    quarantined_digests: usize,
    uploads: usize,
    upload_bytes: u64,
    templates: usize,
    template_versions: usize,
    pins: usize,
    locks: usize,
    open_tasks: usize,
    languages: BTreeMap<String, u64>,
}

pub async fn run(context: &Context) -> Result<Exit, CliError> {
    let found = context
        .client
        .get::<Statistics>(&["registry", "stats"])
        .await?;
    let (it, output) = (&found.value, context.output);
    output.show(&found.text, || {
        output.fields([
            ("namespaces", it.namespaces.to_string()),
            ("components", families(it.components, it.component_versions)),
            ("templates", families(it.templates, it.template_versions)),
            (
                "uploads",
                format!("{} of {}", it.uploads, units::size(it.upload_bytes)),
            ),
            ("set aside", set_aside(it)),
            ("languages", languages(&it.languages)),
            ("pins", it.pins.to_string()),
            ("locks", it.locks.to_string()),
            ("open tasks", it.open_tasks.to_string()),
            ("generation", it.generation.to_string()),
        ])
    })?;
    output.next(&["tasker registry tree".to_owned()]);
    Ok(Exit::Complete)
}

fn families(families: usize, versions: usize) -> String {
    format!("{families} in {}", units::count(versions, "version"))
}

/// What new tasks do not take; empty where there is nothing of it.
fn set_aside(it: &Statistics) -> String {
    let parts = [
        (it.yanked, "yanked"),
        (it.needs_approval, "waiting for approval"),
        (it.quarantined_digests, "quarantined"),
    ];
    let some = parts.into_iter().filter(|(count, _)| *count > 0);
    let some: Vec<_> = some
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    some.join(", ")
}

fn languages(languages: &BTreeMap<String, u64>) -> String {
    let each = languages
        .iter()
        .map(|(name, count)| format!("{name} {count}"));
    each.collect::<Vec<_>>().join(", ")
}
