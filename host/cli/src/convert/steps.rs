//! The steps of a template.

use super::events::{self, Declared};
use super::mapping::{Mapping, is_blank, items};
use super::names;
use super::notes::Notes;
use super::policy::{retry, timeout};
use super::yaml::{Member, Yaml};
use tasker_domain::template::yaml::{Entry, Located};

/// Kinds of steps of the Rust core that run as any other.
const STANDARD: &str = "standard";
/// Keys that are read, or that the predecessors need and that have no meaning here.
const KNOWN: [&str; 20] = [
    "name",
    "description",
    "handler",
    "handler_class",
    "handler_config",
    "depends_on_step",
    "depends_on_steps",
    "dependencies",
    "default_retryable",
    "default_retry_limit",
    "retry_limit",
    "retry",
    "timeout_seconds",
    "custom_events",
    "publishes_events",
    "type",
    "dependent_system",
    "system_dependency",
    "named_step",
    "id",
];

/// The steps, and the events that they declare.
pub fn convert(list: &Located, component: &str, notes: &mut Notes) -> (Yaml, Vec<Declared>) {
    let (mut steps, mut declared) = (Vec::new(), Vec::new());
    for item in items(list) {
        let step = Mapping::of(item);
        for key in ["custom_events", "publishes_events"] {
            declared.extend(step.get(key).into_iter().flat_map(events::declared));
        }
        steps.push(one(item, &step, component, notes));
    }
    (Yaml::List(steps), declared)
}

fn one(item: &Located, step: &Mapping<'_>, component: &str, notes: &mut Notes) -> Yaml {
    let title = names::name(step.text("name").unwrap_or_default());
    let handler = handler(step).unwrap_or_else(|| {
        notes.at(
            item.at,
            "the step names no class; its handler is called as the step",
        );
        title.clone()
    });
    let mut members = vec![
        Member::new("name", Yaml::text(&title)).said(step.text("description")),
        Member::new("handler", Yaml::text(&format!("{component}/{handler}"))),
    ];
    let depends_on = Yaml::texts(dependencies(step).map(names::name));
    let mut add = |key: &str, value: Option<Yaml>| {
        members.extend(
            value
                .filter(|it| !it.is_empty())
                .map(|it| Member::new(key, it)),
        );
    };
    add("depends_on", Some(depends_on));
    add("config", config(step).map(Yaml::from));
    add("retry", retry(step, notes));
    add("timeout", timeout(step));
    note_others(step, notes);
    Yaml::Map(members)
}

/// The handler that the class of a step becomes.
pub fn handler(step: &Mapping<'_>) -> Option<String> {
    let class = step.text("handler_class");
    let class = class.or(step.below("handler").text("callable"));
    class.map(names::handler)
}

/// What the handler is configured with.
pub fn config<'a>(step: &Mapping<'a>) -> Option<&'a Located> {
    let config = step.get("handler_config");
    let config = config.or(step.below("handler").get("initialization"));
    config.filter(|it| !is_blank(it))
}

fn dependencies<'a>(step: &Mapping<'a>) -> impl Iterator<Item = &'a str> {
    let several = ["depends_on_steps", "dependencies"];
    let several = several
        .into_iter()
        .filter_map(|key| step.get(key))
        .flat_map(items);
    step.text("depends_on_step")
        .into_iter()
        .chain(several.filter_map(Located::text))
}

fn note_others(step: &Mapping<'_>, notes: &mut Notes) {
    if let Some(kind) = step.entry("type") {
        let text = kind.value.text().unwrap_or_default();
        if text != STANDARD {
            notes.at(kind.key_at, of_kind(text));
        }
    }
    let of_handler = step.below("handler").entries.iter();
    let of_handler = of_handler.filter(|it| !["callable", "initialization"].contains(&&*it.key));
    let of_step = step.entries.iter().filter(|it| !KNOWN.contains(&&*it.key));
    let says = |entry: &&Entry| !is_blank(&entry.value);
    for entry in of_step.chain(of_handler).filter(says) {
        let key = &entry.key;
        notes.at(
            entry.key_at,
            format!("`{key}` was left out: a step has nothing like it"),
        );
    }
}

fn of_kind(kind: &str) -> String {
    let kind = kind.escape_debug();
    let means = match kind.to_string().as_str() {
        "decision" => {
            "it cannot create steps: all of them run, and each finds out from its result whether it is meant"
        }
        "deferred_convergence" => "it waits for all steps that it depends on",
        "batchable" | "batch_worker" => {
            "it runs once: give it fixed parts, or submit a task for each part"
        }
        _ => "it runs as any other",
    };
    format!("the step is of the type `{kind}`; {means}")
}
