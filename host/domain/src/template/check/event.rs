//! Checks `events:`.

use super::fields::{Field, Fields};
use super::json_schema;
use crate::bounds::MAX_DECLARED_EVENTS;
use crate::declared_event::{DeclaredEvent, DeclaredEvents};
use crate::template::position::Findings;

pub(super) const KEYS: [&str; 2] = ["description", "schema"];

pub(super) fn all(field: &Field<'_>, findings: &mut Findings) -> DeclaredEvents {
    let entries = Fields::entries(field, findings);
    if entries.len() > MAX_DECLARED_EVENTS {
        let declared = entries.len();
        let message = format!("{declared} events are declared; the limit is {MAX_DECLARED_EVENTS}");
        field.report(message, findings);
        return DeclaredEvents::new();
    }
    let mut events = DeclaredEvents::new();
    for (key, key_at, value) in entries {
        match key.parse() {
            Ok(name) => {
                events.insert(name, one(&value, findings).unwrap_or_default());
            }
            Err(error) => findings.push(key_at, &value.path, format!("{error}")),
        }
    }
    events
}

fn one(field: &Field<'_>, findings: &mut Findings) -> Option<DeclaredEvent> {
    let fields = Fields::of(field, &KEYS, findings)?;
    let description = fields.get("description");
    let description = description.and_then(|field| field.text("what it tells", findings));
    let schema = fields.get("schema");
    Some(DeclaredEvent {
        description: description.map(str::to_owned),
        schema: schema.map(|field| json_schema(&field, findings)),
    })
}
