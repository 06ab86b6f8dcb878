//! From a task template of the Ruby gem, or of the Rust core, to a template.

use super::mapping::{Mapping, is_blank};
use super::names::name;
use super::notes::Notes;
use super::yaml::{Member, Yaml};
use super::{environments, events, steps};
use tasker_domain::name::Name;
use tasker_domain::template::yaml::Located;

/// Keys that the predecessors need and that have no meaning here.
const WITHOUT_MEANING: [&str; 8] = [
    "task_handler_class",
    "module_namespace",
    "named_steps",
    "metadata",
    "default_dependent_system",
    "system_dependencies",
    "queue",
    "concurrent",
];
/// Keys that are read.
const READ: [&str; 14] = [
    "name",
    "namespace_name",
    "version",
    "description",
    "schema",
    "input_schema",
    "step_templates",
    "steps",
    "environments",
    "custom_events",
    "domain_events",
    "identity_strategy",
    "default_retry",
    "default_timeout_seconds",
];

/// What the caller says in place of the file.
pub struct Given {
    pub namespace: Option<Name>,
    pub component: Option<Name>,
}

/// The YAML of the template. What is not carried over is noted.
pub fn convert(tree: &Located, given: Given, notes: &mut Notes) -> String {
    let template = Mapping::of(tree);
    let title = template
        .text("name")
        .map_or_else(|| "template".to_owned(), name);
    let namespace = given.namespace.map(|it| it.to_string());
    let namespace = namespace.or_else(|| template.text("namespace_name").map(name));
    let component = given.component.map_or(title.clone(), |it| it.to_string());
    let step_list = template.get("steps").or(template.get("step_templates"));
    let (step_list, mut declared) = match step_list {
        Some(list) => steps::convert(list, &component, notes),
        None => {
            notes.at(tree.at, "there are neither `steps` nor `step_templates`");
            (Yaml::List(Vec::new()), Vec::new())
        }
    };
    for key in ["custom_events", "domain_events"] {
        declared.extend(template.get(key).into_iter().flat_map(events::declared));
    }
    let version = template.text("version").unwrap_or("0.1.0");
    let description = template.text("description");
    let schema = template.get("input_schema").or(template.get("schema"));
    let mut members = vec![
        Member::new(
            "namespace",
            Yaml::text(namespace.as_deref().unwrap_or("default")),
        ),
        Member::new("name", Yaml::text(&title)),
        Member::new("version", Yaml::text(version)),
    ];
    let mut add = |key: &str, value: Option<Yaml>| {
        members.extend(
            value
                .filter(|it| !it.is_empty())
                .map(|it| Member::new(key, it)),
        );
    };
    add("description", description.map(Yaml::text));
    add("identity", identity(&template, notes));
    add("input_schema", schema.map(Yaml::from));
    add("events", Some(events::section(declared, notes)));
    let environments = template.get("environments");
    add(
        "environments",
        environments.map(|it| environments::convert(it, &component, notes)),
    );
    add("steps", Some(step_list));
    note_others(&template, notes);
    Yaml::Map(members).document()
}

fn identity(template: &Mapping<'_>, notes: &mut Notes) -> Option<Yaml> {
    let given = template.entry("identity_strategy")?;
    let text = given.value.text().unwrap_or_default().to_lowercase();
    match text.as_str() {
        "strict" => Some(Yaml::text("strict")),
        "caller_provided" => Some(Yaml::text("caller")),
        "always_unique" => Some(Yaml::text("unique")),
        _ => {
            let what = "identity_strategy is not one that is known: STRICT, CALLER_PROVIDED, ALWAYS_UNIQUE";
            notes.at(given.key_at, what);
            None
        }
    }
}

fn note_others(template: &Mapping<'_>, notes: &mut Notes) {
    for entry in template.entries.iter().filter(|it| !is_blank(&it.value)) {
        let key = entry.key.as_str();
        if !READ.contains(&key) && !WITHOUT_MEANING.contains(&key) {
            notes.at(
                entry.key_at,
                format!("`{key}` was left out: a template has nothing like it"),
            );
        }
    }
}
