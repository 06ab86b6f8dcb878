//! Names of GraphQL for those of the API.

use async_graphql::dynamic::{Type, TypeRef};
use std::collections::BTreeSet;

/// Fields whose operations would have the name of another one, and those that read badly without it.
const FIELDS: [(&str, &str); 7] = [
    ("listAudit", "auditEntries"),
    ("listKv", "kvEntries"),
    ("listQueue", "queues"),
    ("listRetention", "retentionRules"),
    ("showKv", "kvEntry"),
    ("showQueue", "queue"),
    ("showRetention", "retentionRule"),
];

/// Types whose names mean something else in GraphQL, or say less.
const TYPES: [(&str, &str); 4] = [
    ("ComponentSummary", "Component"),
    ("ReportedAttempt", "Attempt"),
    ("Subscription", "EventSubscription"),
    ("TemplateSummary", "Template"),
];

/// The field of an operation: `tasks` of `listTasks`, `task` of `showTask`, `cancelTask` as it is.
pub fn field_of_operation(operation: &str) -> String {
    if let Some((_, field)) = FIELDS.iter().find(|(name, _)| *name == operation) {
        return (*field).to_owned();
    }
    let verbs = ["list", "show"];
    let noun = verbs.iter().find_map(|verb| operation.strip_prefix(verb));
    lower_first(noun.unwrap_or(operation))
}

/// The type of a schema.
pub fn type_of_schema(schema: &str) -> &str {
    let renamed = TYPES.iter().find(|(name, _)| *name == schema);
    renamed.map_or(schema, |(_, name)| name)
}

/// What a type is called.
pub fn name_of(ty: &Type) -> String {
    match ty {
        Type::Scalar(it) => it.type_name().to_owned(),
        Type::Object(it) => it.type_name().to_owned(),
        Type::InputObject(it) => it.type_name().to_owned(),
        Type::Enum(it) => it.type_name().to_owned(),
        Type::Interface(it) => it.type_name().to_owned(),
        Type::Union(it) => it.type_name().to_owned(),
        Type::Subscription(it) => it.type_name().to_owned(),
        Type::Upload => TypeRef::UPLOAD.to_owned(),
    }
}

/// The input type of a schema.
pub fn input_of_schema(schema: &str) -> String {
    let stem = schema.strip_suffix("Input").unwrap_or(schema);
    format!("{}Input", type_of_schema(stem))
}

/// `createdAt` of `created_at`, and of `created-at`.
pub fn camel(name: &str) -> String {
    let mut words = name.split(['_', '-']).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| camel + &upper_first(word))
}

/// A text with those of these names in it that stand between backquotes as GraphQL has them.
pub fn prose(text: &str, members: &BTreeSet<String>) -> String {
    let parts = text.split('`').enumerate().map(|(index, part)| {
        match index % 2 == 1 && members.contains(part) {
            true => camel(part),
            false => part.to_owned(),
        }
    });
    parts.collect::<Vec<_>>().join("`")
}

/// `IN_PROGRESS` of `in_progress`, and `NAME_DESC` of `-name`.
pub fn constant(value: &str) -> String {
    if let Some(key) = value.strip_prefix('-') {
        return format!("{}_DESC", constant(key));
    }
    let letter = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_uppercase(),
        false => '_',
    };
    let name: String = value.chars().map(letter).collect();
    match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("_{name}"),
        false => name,
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_that_read_are_named_by_what_they_return() {
        assert_eq!(field_of_operation("listTasks"), "tasks");
        assert_eq!(field_of_operation("showTaskReport"), "taskReport");
        assert_eq!(field_of_operation("diffComponent"), "diffComponent");
        assert_eq!(field_of_operation("showKv"), "kvEntry");
    }

    #[test]
    fn a_description_names_members_as_fields_are_called() {
        let members = BTreeSet::from(["input_bytes".to_owned()]);
        let text = "See `input_bytes`; input_bytes of `in_progress`.";
        assert_eq!(
            prose(text, &members),
            "See `inputBytes`; input_bytes of `in_progress`."
        );
    }

    #[test]
    fn names_have_the_case_of_graphql() {
        assert_eq!(camel("created_at"), "createdAt");
        assert_eq!(camel("idempotency-key"), "idempotencyKey");
        assert_eq!(constant("waiting_for_retry"), "WAITING_FOR_RETRY");
        assert_eq!(constant("-created_at"), "CREATED_AT_DESC");
        assert_eq!(input_of_schema("Guard"), input_of_schema("GuardInput"));
    }
}
