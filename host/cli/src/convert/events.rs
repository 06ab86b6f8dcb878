//! Events that templates and steps of the predecessors declare.

use super::mapping::{Mapping, items};
use super::notes::Notes;
use super::yaml::{Member, Yaml};
use tasker_domain::event::EventName;
use tasker_domain::template::position::Position;
use tasker_domain::template::yaml::Located;

/// An event, where it was declared.
pub struct Declared {
    name: String,
    at: Position,
    members: Vec<Member>,
}

/// The events of a list, each a name or a mapping with one.
pub fn declared(list: &Located) -> Vec<Declared> {
    items(list).iter().filter_map(one).collect()
}

fn one(item: &Located) -> Option<Declared> {
    let event = Mapping::of(item);
    let name = item.text().or(event.text("name"))?;
    let mut members = Vec::new();
    if let Some(description) = event.text("description") {
        members.push(Member::new("description", Yaml::text(description)));
    }
    if let Some(schema) = event.get("schema") {
        members.push(Member::new("schema", Yaml::from(schema)));
    }
    Some(Declared {
        name: name.to_owned(),
        at: item.at,
        members,
    })
}

/// The `events` of a template: each once, with what was said of it first.
pub fn section(declared: Vec<Declared>, notes: &mut Notes) -> Yaml {
    let mut seen = std::collections::BTreeSet::new();
    let mut events = Vec::new();
    for event in declared {
        let name = event.name.replace(':', ".");
        if let Err(wrong) = name.parse::<EventName>() {
            notes.at(event.at, format!("an event was left out: {wrong}"));
        } else if seen.insert(name.clone()) {
            events.push(Member::new(&name, Yaml::Map(event.members)));
        }
    }
    Yaml::Map(events)
}
