//! Compatibility of declared events for those who read them.

use super::CompatChange;
use super::schemas::{Flow, compare_schemas};
use tasker_domain::declared_event::DeclaredEvents;

/// What readers of the events find different: payloads flow to them as results do.
pub(super) fn compare_events(old: &DeclaredEvents, new: &DeclaredEvents) -> Vec<CompatChange> {
    let path = |name| format!("events.{name}");
    let mut changes = Vec::new();
    for (name, event) in old {
        let Some(other) = new.get(name) else {
            let what = "the event is no longer declared";
            changes.push(CompatChange::major(path(name), what));
            continue;
        };
        let (before, after) = (event.schema.as_ref(), other.schema.as_ref());
        changes.extend(compare_schemas(Flow::Result, &path(name), before, after));
        if event.description != other.description {
            let what = "the description is different";
            changes.push(CompatChange::patch(path(name), what));
        }
    }
    let added = new.keys().filter(|name| !old.contains_key(*name));
    changes.extend(added.map(|name| CompatChange::minor(path(name), "the event is new")));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;
    use serde_json::{Value, json};

    fn changes(old: Value, new: Value) -> Vec<(Level, String)> {
        let events = |json| serde_json::from_value(json).unwrap();
        let changes = compare_events(&events(old), &events(new));
        let told = changes.into_iter();
        told.map(|change| (change.level, change.path)).collect()
    }

    #[test]
    fn readers_lose_an_event_and_gain_one() {
        let found = changes(json!({"a": {}, "b": {}}), json!({"b": {}, "c": {}}));
        let expected = [(Level::Major, "events.a"), (Level::Minor, "events.c")];
        assert_eq!(
            found,
            expected.map(|(level, path)| (level, path.to_owned()))
        );
    }

    #[test]
    fn a_payload_may_keep_to_more_and_not_to_less() {
        let number = json!({"a": {"schema": {"type": "number"}}});
        let integer = json!({"a": {"schema": {"type": "integer"}}});
        assert_eq!(changes(number.clone(), integer.clone())[0].0, Level::Minor);
        assert_eq!(changes(integer, number.clone())[0].0, Level::Major);
        assert_eq!(changes(number.clone(), json!({"a": {}}))[0].0, Level::Major);
        assert!(changes(number.clone(), number).is_empty());
    }

    #[test]
    fn another_description_is_a_patch() {
        let found = changes(json!({"a": {}}), json!({"a": {"description": "Told."}}));
        assert_eq!(found, [(Level::Patch, "events.a".to_owned())]);
    }
}
