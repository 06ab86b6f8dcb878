//! Fields that lead from one object to another. Each is loaded for all objects of a level of a query together.

use crate::connection::{self, DEFAULT_ITEMS};
use crate::json::object_of;
use crate::json_schema::description;
use crate::names::{camel, type_of_schema};
use crate::problem::Problem;
use crate::session::Session;
use crate::types::{Typed, Types};
use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, InputValue, ResolverContext, TypeRef,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The most items of a page.
const MAX_ITEMS: u64 = 500;

/// Hidden members that items of a page have of the request for it, or those of a list in another answer.
pub const INHERITED: [Inherited; 2] = [
    Inherited {
        operation: "listSteps",
        parameter: "id",
        member: "$task",
        list: None,
    },
    Inherited {
        operation: "showTaskReport",
        parameter: "id",
        member: "$task",
        list: Some("attempts"),
    },
];

/// Schemas of which objects are a part: what they lack is loaded where it is asked for.
pub const PARTS: [(&str, &str); 1] = [("TaskSummary", "Task")];

/// Members that are no fields, or none of the usual kind.
pub const HIDDEN: [(&str, &str); 11] = [
    ("Task", "id"),
    ("Task", "steps"),
    ("Task", "steps_next"),
    ("Task", "input"),
    ("Task", "input_bytes"),
    ("Task", "lock"),
    ("Task", "result"),
    ("Task", "result_bytes"),
    ("Task", "seq"),
    ("Task", "step_counts"),
    ("Step", "reason"),
];

/// Members whose names are those of edges, by type.
pub const RENAMED: [(&str, &str, &str); 6] = [
    ("Component", "versions", "versionCount"),
    ("Namespace", "components", "componentCount"),
    ("Namespace", "pins", "pinCount"),
    ("Namespace", "templates", "templateCount"),
    ("Step", "attempts", "attemptCount"),
    ("Template", "versions", "versionCount"),
];

/// What the items of an answer have of its request.
#[derive(Clone, Copy)]
pub struct Inherited {
    pub operation: &'static str,
    pub parameter: &'static str,
    /// What it is called in the items.
    pub member: &'static str,
    /// The member of the answer that has the items; none: it is a page of them.
    pub list: Option<&'static str>,
}

/// A field that leads to another object, or to a page of them.
struct Edge {
    /// The types that have it.
    on: &'static [&'static str],
    field: &'static str,
    description: &'static str,
    /// What the host is asked for.
    load: &'static str,
    key: Key,
    /// The schema of what it leads to.
    to: &'static str,
    is_list: bool,
}

/// The members of a key, and where an object has them (RFC 6901).
type Key = &'static [(&'static str, &'static str)];

/// Members that not every object of a type has: where one lacks them, they are loaded.
struct Lazy {
    on: &'static str,
    members: &'static [&'static str],
    load: &'static str,
    key: Key,
    /// True of an object that has all that there is.
    is_whole: fn(&Json) -> bool,
}

const OF_TASK: Key = &[("id", "/id"), ("namespace", "/namespace")];

const OF_FAMILY: Key = &[("namespace", "/namespace"), ("name", "/name")];

const LAZY: [Lazy; 5] = [
    of_task(&["input", "input_bytes", "seq"], "task_inputs"),
    of_task(&["result", "result_bytes"], "task_results"),
    of_task(&["lock"], "task_locks"),
    of_task(&["step_counts"], "task_step_counts"),
    Lazy {
        on: "Step",
        members: &["reason"],
        load: "step_reasons",
        key: &[("id", "/$task"), ("step", "/name")],
        is_whole: |step| step["$is_part"] != true,
    },
];

const fn of_task(members: &'static [&'static str], load: &'static str) -> Lazy {
    Lazy {
        on: "Task",
        members,
        load,
        key: OF_TASK,
        is_whole: |task| !task["seq"].is_null(),
    }
}

const TASKS: &[&str] = &["Task"];

const EDGES: [Edge; 12] = [
    Edge {
        on: TASKS,
        field: "steps",
        description: "The steps in the order of their numbers.",
        load: "steps",
        key: OF_TASK,
        to: "Step",
        is_list: true,
    },
    Edge {
        on: TASKS,
        field: "templateVersion",
        description: "The template version that it runs.",
        load: "template_version",
        key: &[
            ("namespace", "/namespace"),
            ("name", "/template"),
            ("version", "/version"),
        ],
        to: "TemplateVersion",
        is_list: false,
    },
    Edge {
        on: &["Step"],
        field: "attempts",
        description: "Its attempts, the first one first.",
        load: "attempts",
        key: &[("id", "/$task"), ("step", "/name")],
        to: "ReportedAttempt",
        is_list: true,
    },
    Edge {
        on: &["Step", "LockedVersion"],
        field: "handlerVersion",
        description: "The component version that it runs, or ran.",
        load: "component_version",
        key: &[("component", "/component"), ("version", "/version")],
        to: "ComponentVersion",
        is_list: false,
    },
    Edge {
        on: &["Pin"],
        field: "targetVersion",
        description: "The version that the pin means now, of a component.",
        load: "pinned_component",
        key: &[
            ("namespace", "/namespace"),
            ("kind", "/kind"),
            ("target", "/target"),
            ("version", "/version"),
        ],
        to: "ComponentVersion",
        is_list: false,
    },
    Edge {
        on: &["CloudEvent"],
        field: "task",
        description: "The task that the event is about.",
        load: "task",
        key: &[("id", "/data/task_id")],
        to: "Task",
        is_list: false,
    },
    Edge {
        on: &["Namespace"],
        field: "components",
        description: "Its components by name.",
        load: "components",
        key: &[("namespace", "/name")],
        to: "ComponentSummary",
        is_list: true,
    },
    Edge {
        on: &["Namespace"],
        field: "templates",
        description: "Its templates by name.",
        load: "templates",
        key: &[("namespace", "/name")],
        to: "TemplateSummary",
        is_list: true,
    },
    Edge {
        on: &["ComponentSummary"],
        field: "versions",
        description: "Its versions, the highest first.",
        load: "component_versions",
        key: OF_FAMILY,
        to: "ComponentVersion",
        is_list: true,
    },
    Edge {
        on: &["TemplateSummary"],
        field: "versions",
        description: "Its versions, the highest first.",
        load: "template_versions",
        key: OF_FAMILY,
        to: "TemplateVersion",
        is_list: true,
    },
    Edge {
        on: &["Namespace"],
        field: "pins",
        description: "Its pins by kind and target.",
        load: "pins",
        key: &[("namespace", "/name")],
        to: "Pin",
        is_list: true,
    },
    Edge {
        on: &["Namespace"],
        field: "tasks",
        description: "Its tasks, the newest first.",
        load: "tasks",
        key: &[("namespace", "/name")],
        to: "Task",
        is_list: true,
    },
];

/// Adds the fields of all edges to their types.
///
/// # Panics
///
/// When one of the types does not exist.
pub fn add(types: &mut Types<'_>) {
    for lazy in &LAZY {
        let schema = types.schema(lazy.on).clone();
        for member in lazy.members {
            let of = &schema["properties"][*member];
            let typed = types.output(of);
            let field = lazy.field(member, &typed);
            let text = description(of).map(|text| types.text(text));
            extend(types, lazy.on, text.iter().fold(field, Field::description));
        }
    }
    for edge in &EDGES {
        let to = types.output(&json!({"$ref": format!("#/components/schemas/{}", edge.to)}));
        let ty = match edge.is_list {
            true => connection::connection(&to, types),
            false => to.ty,
        };
        for on in edge.on {
            extend(types, on, edge.field(ty.clone()));
        }
    }
}

fn extend(types: &mut Types<'_>, schema: &str, field: Field) {
    let name = type_of_schema(schema);
    let object = types.objects.remove(name);
    let object = object.unwrap_or_else(|| panic!("there is no type {name}"));
    types.objects.insert(name.to_owned(), object.field(field));
}

impl Lazy {
    fn field(&self, member: &'static str, typed: &Typed) -> Field {
        let (load, key, is_whole) = (self.load, self.key, self.is_whole);
        let shape = typed.shape.clone();
        Field::new(camel(member), typed.reference(false), move |context| {
            let shape = shape.clone();
            FieldFuture::new(async move {
                if let Some(own) = object_of(&context).filter(|own| is_whole(own)) {
                    return Ok(shape.output(&own[member]));
                }
                let session = context.data::<Arc<Session>>()?;
                let found = session.load(load, key_of(&context, key)).await;
                let found = found.map_err(|problem| problem.error())?;
                let value = found.get(member).cloned();
                Ok(value.and_then(|value| shape.owned(value)))
            })
        })
    }
}

impl Edge {
    fn field(&self, ty: TypeRef) -> Field {
        let (load, key, is_list) = (self.load, self.key, self.is_list);
        let field = Field::new(self.field, ty, move |context| {
            FieldFuture::new(async move {
                let session = context.data::<Arc<Session>>()?;
                let mut key = key_of(&context, key);
                if is_list && let Err(problem) = add_page(&context, &mut key) {
                    return Ok(problem.report(&context));
                }
                let found = match session.load(load, key).await {
                    Ok(found) => found,
                    Err(problem) => return Ok(problem.report(&context)),
                };
                Ok((!found.is_null()).then(|| FieldValue::owned_any(found)))
            })
        });
        let field = field.description(self.description);
        match self.is_list {
            true => field.argument(first()).argument(
                InputValue::new("after", TypeRef::named(TypeRef::STRING))
                    .description("The cursor of the last item before."),
            ),
            false => field,
        }
    }
}

fn first() -> InputValue {
    let first = InputValue::new("first", TypeRef::named(TypeRef::INT));
    first.description(format!(
        "The most items, {DEFAULT_ITEMS} unless it is given."
    ))
}

fn key_of(context: &ResolverContext<'_>, members: Key) -> Json {
    let object = object_of(context);
    let members = members.iter().map(|(name, place)| {
        let value = object.and_then(|object| object.pointer(place));
        ((*name).to_owned(), value.cloned().unwrap_or_default())
    });
    Json::Object(members.collect())
}

fn add_page(context: &ResolverContext<'_>, key: &mut Json) -> Result<(), Problem> {
    let first = match context.args.get("first").filter(|it| !it.is_null()) {
        None => u64::from(DEFAULT_ITEMS),
        Some(first) => first.u64().unwrap_or_default(),
    };
    if !(1..=MAX_ITEMS).contains(&first) {
        let detail = format!("first: use 1 to {MAX_ITEMS} items");
        return Err(Problem::new(400, "invalid_parameter", &detail));
    }
    key["first"] = first.into();
    let after = context.args.get("after").filter(|it| !it.is_null());
    if let Some(after) = after {
        key["after"] = after.string().unwrap_or_default().into();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_edges_of_a_type_have_one_name() {
        let names = EDGES
            .iter()
            .flat_map(|edge| edge.on.iter().map(|on| (*on, edge.field)));
        let names: Vec<_> = names.collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), distinct.len());
    }
}
