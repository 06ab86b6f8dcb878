//! Compatibility of a template for those who submit its tasks and read their results.

use super::CompatChange;
use super::events::compare_events;
use super::schemas::{Flow, compare_schemas};
use std::collections::BTreeMap;
use tasker_domain::requirement::{HandlerRef, Requirement};
use tasker_domain::template::{Identity, Step, Template};

/// All that is different.
pub fn compare(old: &Template, new: &Template) -> Vec<CompatChange> {
    let (input, other) = (old.input_schema.as_ref(), new.input_schema.as_ref());
    let mut changes = compare_schemas(Flow::FilledInput, "input_schema", input, other);
    changes.extend(compare_identity(old.identity, new.identity));
    changes.extend(compare_steps(old, new));
    changes.extend(compare_sinks(old, new));
    changes.extend(compare_environments(old, new));
    changes.extend(compare_events(&old.events, &new.events));
    if old.defaults != new.defaults {
        changes.push(CompatChange::patch("defaults", "are different"));
    }
    if old.description != new.description {
        changes.push(CompatChange::patch("description", "is different"));
    }
    changes
}

fn compare_identity(old: Identity, new: Identity) -> Option<CompatChange> {
    let what = "duplicates are recognized in another way";
    (old != new).then(|| CompatChange::major("identity", what))
}

fn compare_steps(old: &Template, new: &Template) -> Vec<CompatChange> {
    let (before, after) = (by_name(old), by_name(new));
    let (ends_before, ends_after) = (sinks(old), sinks(new));
    let mut changes = Vec::new();
    for (name, step) in &before {
        let is_inner = !(ends_before.contains_key(name) && ends_after.contains_key(name));
        match after.get(name) {
            Some(other) => changes.extend(compare_step(step, other, is_inner)),
            None => {
                let what = "the step is no longer there under this name";
                changes.push(CompatChange::major(format!("steps.{name}"), what));
            }
        }
    }
    let added = after.keys().filter(|name| !before.contains_key(*name));
    changes
        .extend(added.map(|name| CompatChange::minor(format!("steps.{name}"), "the step is new")));
    changes
}

fn by_name(template: &Template) -> BTreeMap<&str, &Step> {
    let steps = template.steps.iter();
    steps.map(|step| (step.name.as_str(), step)).collect()
}

fn compare_step(old: &Step, new: &Step, is_inner: bool) -> Vec<CompatChange> {
    let path = |part: &str| format!("steps.{}.{part}", old.name);
    let mut changes: Vec<CompatChange> =
        compare_handlers(&path("handler"), &old.handler, &new.handler)
            .into_iter()
            .collect();
    let (mut before, mut after) = (old.depends_on.clone(), new.depends_on.clone());
    before.sort();
    after.sort();
    if before != after {
        changes.push(CompatChange::patch(path("depends_on"), "is different"));
    }
    if old.config != new.config {
        changes.push(CompatChange::patch(path("config"), "is different"));
    }
    let (before, after) = (&old.policy, &new.policy);
    if (&before.retry, before.timeout) != (&after.retry, after.timeout) {
        changes.push(CompatChange::patch(
            path("retry"),
            "retry or timeout are different",
        ));
    }
    if before.limits != after.limits {
        changes.push(CompatChange::patch(path("limits"), "are different"));
    }
    if is_inner && old.result_schema != new.result_schema {
        changes.push(CompatChange::patch(path("result_schema"), "is different"));
    }
    changes
}

/// Another handler, or a range that begins at another major version, does another thing perhaps;
/// who reads results still finds the same steps.
fn compare_handlers(path: &str, old: &HandlerRef, new: &HandlerRef) -> Option<CompatChange> {
    let what = format!("{old} → {new}");
    if (&old.component, &old.handler) != (&new.component, &new.handler) {
        return Some(CompatChange::minor(path, what));
    }
    match old.requirement == new.requirement {
        true => None,
        false if meets_alike(&old.requirement, &new.requirement) => {
            Some(CompatChange::patch(path, what))
        }
        false => Some(CompatChange::minor(path, what)),
    }
}

/// True if a version that one of the ranges names lies in both.
fn meets_alike(old: &Requirement, new: &Requirement) -> bool {
    let mut named = old.bounds().chain(new.bounds());
    named.any(|version| old.matches(&version) && new.matches(&version))
}

/// The result of a task is that of its sink, or an object of several by name.
fn compare_sinks(old: &Template, new: &Template) -> Vec<CompatChange> {
    let (before, after) = (sinks(old), sinks(new));
    let is_one = before.len() == 1 && after.len() == 1;
    let mut changes = Vec::new();
    if (before.len() == 1) != (after.len() == 1) {
        let what = format!("of {} steps → of {}", before.len(), after.len());
        changes.push(CompatChange::major("result", what));
    } else if is_one && before.keys().ne(after.keys()) {
        let names = before.keys().chain(after.keys());
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        changes.push(CompatChange::major(
            "result",
            format!("of {}", names.join(" → of ")),
        ));
    } else {
        let gone = before.keys().filter(|name| !after.contains_key(*name));
        let what = "is no longer part of the result";
        changes.extend(gone.map(|name| CompatChange::major(format!("result/{name}"), what)));
        let added = after.keys().filter(|name| !before.contains_key(*name));
        let what = "is part of the result now";
        changes.extend(added.map(|name| CompatChange::minor(format!("result/{name}"), what)));
    }
    for (name, step) in &before {
        if let Some(other) = after.get(name) {
            let path = format!("steps.{name}.result_schema");
            let (old, new) = (step.result_schema.as_ref(), other.result_schema.as_ref());
            changes.extend(compare_schemas(Flow::Result, &path, old, new));
        }
    }
    changes
}

fn sinks(template: &Template) -> BTreeMap<&str, &Step> {
    let steps = template.ordered().into_iter();
    let sinks = steps.filter(|ordered| ordered.is_sink);
    sinks
        .map(|sink| (sink.step.name.as_str(), sink.step))
        .collect()
}

fn compare_environments(old: &Template, new: &Template) -> Vec<CompatChange> {
    let path = |name| format!("environments.{name}");
    let mut changes = Vec::new();
    for (name, environment) in &old.environments {
        match new.environments.get(name) {
            Some(other) if other == environment => {}
            Some(_) => changes.push(CompatChange::patch(path(name), "is different")),
            None => changes.push(CompatChange::major(path(name), "is no longer there")),
        }
    }
    let added = new.environments.keys();
    let added = added.filter(|name| !old.environments.contains_key(*name));
    changes.extend(added.map(|name| CompatChange::minor(path(name), "is new")));
    changes
}

#[cfg(test)]
mod tests;
