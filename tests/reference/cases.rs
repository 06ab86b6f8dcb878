//! The JSON Schema of cases, and the chapter that describes their keys.

use super::{hold, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use tasker_testing::case_file::case_file_schema;

#[test]
fn the_schema_of_cases_is_published() {
    hold("cases.schema.json", &format!("{:#}\n", case_file_schema()));
}

#[test]
fn the_chapter_on_testing_has_every_key_of_a_case() {
    let mut keys = BTreeSet::new();
    collect(&case_file_schema(), &mut keys);
    let chapter = fs::read_to_string(root().join("host/docs/testing.md")).unwrap();
    let is_missing = |key: &&String| !chapter.contains(&format!("`{key}`"));
    let limits = tasker_domain::limits::Limit::NAMES;
    let is_key = |key: &&String| !limits.contains(&key.as_str());
    let missing: Vec<_> = keys.iter().filter(is_key).filter(is_missing).collect();
    assert!(keys.len() > 30 && missing.is_empty(), "{missing:?}");
}

/// The keys of all mappings with known keys.
fn collect(schema: &Value, keys: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            members.values().for_each(|value| collect(value, keys));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}
