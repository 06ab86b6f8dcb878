//! The parts of a schema, each with where it stands.

use serde_json::Value;

/// Every object in the schema, with its JSON pointer, outer ones first.
pub(super) fn places(schema: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), schema)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(entries) => {
                for (key, inner) in entries {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    open.push((format!("{pointer}/{key}"), inner));
                }
                found.push((pointer, value));
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(at, inner)| (format!("{pointer}/{at}"), inner)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// Where a part stands in its schema.
pub(super) fn pointer_to(root: &Value, place: &Value) -> String {
    let found = places(root)
        .into_iter()
        .find(|(_, one)| std::ptr::eq(*one, place));
    found.map(|(pointer, _)| pointer).unwrap_or_default()
}
