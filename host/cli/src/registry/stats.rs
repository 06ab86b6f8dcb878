//! `tasker registry stats`

use crate::client::Ask as _;
use crate::{CliError, Context, Exit, units};
use std::collections::BTreeMap;
use tasker_domain::inventory::Statistics;
use tasker_wire::registry::ShowStatistics;

pub async fn run(context: &Context) -> Result<Exit, CliError> {
    let found = context.client.call(ShowStatistics {}).ask().await?;
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
    output.next(["tasker registry tree"]);
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

fn languages(languages: &BTreeMap<String, i64>) -> String {
    let each = languages
        .iter()
        .map(|(name, count)| format!("{name} {count}"));
    each.collect::<Vec<_>>().join(", ")
}
