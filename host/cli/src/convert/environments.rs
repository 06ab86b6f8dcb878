//! What is different in environments.

use super::mapping::{Mapping, is_blank, items};
use super::names;
use super::notes::Notes;
use super::policy::{retry, timeout};
use super::steps::{config, handler};
use super::yaml::{Member, Yaml};
use tasker_domain::template::yaml::Located;

/// As an environment of the Rust core calls all of its steps.
const ALL: &str = "ALL";

/// The `environments` of a template.
pub fn convert(given: &Located, component: &str, notes: &mut Notes) -> Yaml {
    let given = Mapping::of(given);
    let environments = given.entries.iter().map(|entry| {
        let environment = environment(&Mapping::of(&entry.value), component, notes);
        Member::new(&names::name(&entry.key), environment)
    });
    let environments: Vec<Member> = environments.collect();
    if let Some(first) = given.entries.first() {
        notes.at(
            first.key_at,
            "environments are checked and stored; no host applies them yet",
        );
    }
    Yaml::Map(environments)
}

fn environment(given: &Mapping<'_>, component: &str, notes: &mut Notes) -> Yaml {
    let list = given.get("steps").or(given.get("step_templates"));
    let (mut defaults, mut steps) = (None, Vec::new());
    for item in list.map(items).unwrap_or_default() {
        let step = Mapping::of(item);
        let name = step.text("name").unwrap_or_default();
        let (retry, timeout) = (retry(&step, notes), timeout(&step));
        if name == ALL {
            if config(&step).is_some() {
                notes.at(
                    item.at,
                    "a configuration of all steps was left out; give it to each step",
                );
            }
            defaults = Some(Yaml::map([("retry", retry), ("timeout", timeout)]));
            continue;
        }
        let handler = handler(&step).map(|it| format!("{component}/{it}"));
        steps.push(Yaml::map([
            ("name", Some(Yaml::text(&names::name(name)))),
            ("handler", handler.as_deref().map(Yaml::text)),
            ("config", config(&step).map(Yaml::from)),
            ("retry", retry),
            ("timeout", timeout),
        ]));
    }
    for entry in given.entries.iter().filter(|it| !is_blank(&it.value)) {
        let key = entry.key.as_str();
        if !["steps", "step_templates"].contains(&key) {
            notes.at(
                entry.key_at,
                format!("`{key}` of an environment was left out"),
            );
        }
    }
    let steps = Yaml::List(steps);
    Yaml::map([
        ("defaults", defaults.filter(|it| !it.is_empty())),
        ("steps", Some(steps).filter(|it| !it.is_empty())),
    ])
}
