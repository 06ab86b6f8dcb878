//! Events that a component or a template declares: their names, and what their payloads look like.

use crate::event::EventName;
use schema_compat::{InputError, Schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// The most violations of a schema that a message lists.
const SHOWN_VIOLATIONS: usize = 5;

/// By name. A handler may send events that nobody declared.
pub type DeclaredEvents = BTreeMap<EventName, DeclaredEvent>;

/// What is said of an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DeclaredEvent {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A JSON Schema of the payload, which compiles; `None`: the payload may be anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
}

/// Who declares an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclaredBy {
    Component,
    Template,
}

impl fmt::Display for DeclaredBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Component => "component",
            Self::Template => "template",
        })
    }
}

/// The compiled schemas of one declarer, by event.
#[derive(Debug)]
pub struct EventSchemas {
    declared_by: DeclaredBy,
    schemas: BTreeMap<EventName, Schema>,
}

impl EventSchemas {
    /// # Errors
    /// Where a schema does not compile, which is checked when it is declared.
    pub fn compile(declared_by: DeclaredBy, events: &DeclaredEvents) -> Result<Self, String> {
        let mut schemas = BTreeMap::new();
        for (name, event) in events {
            let Some(schema) = &event.schema else {
                continue;
            };
            let compiled = Schema::compile(schema).map_err(|errors| {
                let first = errors.first().map(ToString::to_string).unwrap_or_default();
                format!("schema of event {name}: {first}")
            })?;
            schemas.insert(name.clone(), compiled);
        }
        Ok(Self {
            declared_by,
            schemas,
        })
    }

    pub fn declared_by(&self) -> DeclaredBy {
        self.declared_by
    }

    /// The schemas as they were declared.
    pub fn sources(&self) -> impl Iterator<Item = (EventName, DeclaredEvent)> {
        self.schemas.iter().map(|(name, schema)| {
            let event = DeclaredEvent {
                description: None,
                schema: Some(schema.source().clone()),
            };
            (name.clone(), event)
        })
    }

    /// Whether payloads of this event have a schema.
    pub fn has(&self, name: &EventName) -> bool {
        self.schemas.contains_key(name)
    }

    /// What is wrong with the payload of this event; `None` if nothing is, or it has no schema.
    pub fn violations(&self, name: &EventName, payload: &Value) -> Option<String> {
        let found = self.schemas.get(name)?.check(payload).err()?;
        let shown = found.into_iter().take(SHOWN_VIOLATIONS);
        let shown = shown.map(|InputError { path, message }| format!("at `{path}`: {message}"));
        Some(shown.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schemas(events: Value) -> Result<EventSchemas, String> {
        let events = serde_json::from_value(events).unwrap();
        EventSchemas::compile(DeclaredBy::Component, &events)
    }

    #[test]
    fn a_payload_is_compared_with_the_schema_of_its_event_alone() {
        let of = schemas(json!({
            "orders.charged": {"schema": {"type": "object", "required": ["amount"]}},
            "orders.done": {"description": "All is done."},
        }));
        let of = of.unwrap();
        let violations = |name: &str, payload| of.violations(&name.parse().unwrap(), &payload);
        assert_eq!(violations("orders.charged", json!({"amount": 3})), None);
        let missing = violations("orders.charged", json!({})).unwrap();
        assert!(missing.contains("amount"), "{missing}");
        assert_eq!(violations("orders.done", json!(3)), None);
        assert_eq!(violations("orders.unknown", json!(3)), None);
    }

    #[test]
    fn a_schema_that_is_none_is_named_with_its_event() {
        let wrong = schemas(json!({"a.b": {"schema": {"type": "objekt"}}})).unwrap_err();
        assert!(wrong.contains("schema of event a.b"), "{wrong}");
    }

    #[test]
    fn a_name_that_is_none_is_refused() {
        let wrong = serde_json::from_value::<DeclaredEvents>(json!({"task.done": {}}));
        assert!(wrong.unwrap_err().to_string().contains("reserved name"));
    }
}
