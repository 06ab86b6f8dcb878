//! The types of events, as data: what each is called, when it occurs, what it is derived from, what it carries.

mod audit;
#[cfg(test)]
mod document;
mod predecessor;
mod transitions;

pub use audit::OF_AUDIT;
pub use predecessor::{PREDECESSOR, PredecessorEvent};
pub use transitions::OF_LOG;

use strum::{Display, IntoStaticStr};
use tasker_domain::template::nearest;

/// The name of the open category: events that handlers send, under names of their own.
pub const HANDLER: &str = "handler";

/// What a type of events is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Category {
    /// The life of a task.
    Task,
    /// The life of a step of a task.
    Step,
    /// One attempt of a step.
    Attempt,
    /// A change that somebody made: of the registry, of rules, of hosts, keys and tasks.
    Change,
    /// What a handler sent.
    Handler,
}

/// A type of events.
#[derive(Clone, Copy, Debug)]
pub struct EventType {
    /// Such as `task.completed`.
    pub name: &'static str,
    pub category: Category,
    /// The release that had it first.
    pub since: &'static str,
    /// When it occurs.
    pub when: &'static str,
    /// Which row of which table it is derived from.
    pub row: &'static str,
    /// What the predecessor, the engine in Ruby, calls it.
    pub predecessor: &'static [&'static str],
    /// What it carries beside what all types of its category do.
    pub members: &'static [Member],
}

/// What only some types of a category carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// `duration_ms`; always there.
    Duration,
    /// `error`; always there.
    Error,
    /// `error`, where there is one.
    ErrorIfAny,
    /// `reason`, where one is known.
    Reason,
    /// `detail`, where there is one of at most 4 KiB.
    Detail,
}

/// Of the events of handlers.
pub const OF_HANDLERS: EventType = EventType {
    name: HANDLER,
    category: Category::Handler,
    since: "0.1.0",
    when: "A handler sent an event; its type is the name that the handler gave, such as `orders.charged`",
    row: "tasker.transition with an event",
    predecessor: &[],
    members: &[],
};

/// All types, by category.
pub fn all() -> impl Iterator<Item = &'static EventType> {
    let own = OF_LOG.iter().chain(OF_AUDIT.iter());
    own.chain(std::iter::once(&OF_HANDLERS))
}

/// The type of this name.
pub fn find(name: &str) -> Option<&'static EventType> {
    all().find(|known| known.name == name)
}

/// The name of a type that is nearly this one.
pub fn nearly(name: &str) -> Option<&'static str> {
    nearest(name, all().map(|known| known.name))
}

/// True for what the names of some types begin with, such as `task`.
pub fn is_first_part(part: &str) -> bool {
    all().any(|known| known.name.split('.').next() == Some(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use tasker_domain::audit::ACTIONS;

    #[test]
    fn there_are_at_least_sixty_types_and_each_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = all().map(|known| known.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.len() >= 60, "{}", names.len());
    }

    #[test]
    fn every_action_of_the_audit_has_a_type_of_its_name() {
        let names: Vec<&str> = OF_AUDIT.iter().map(|known| known.name).collect();
        assert_eq!(names, ACTIONS);
    }

    #[test]
    fn every_event_of_the_predecessor_has_a_counterpart_or_a_reason() {
        assert_eq!(PREDECESSOR.len(), 59);
        for event in &PREDECESSOR {
            assert_ne!(event.counterparts.is_empty(), event.why_none.is_empty());
            for counterpart in event.counterparts {
                let known = find(counterpart);
                let known = known.unwrap_or_else(|| panic!("{counterpart} is no type"));
                assert!(known.predecessor.contains(&event.name), "{counterpart}");
            }
        }
        for known in all() {
            for name in known.predecessor {
                let event = PREDECESSOR.iter().find(|event| event.name == *name);
                let event = event.unwrap_or_else(|| panic!("{name} is no event"));
                assert!(event.counterparts.contains(&known.name), "{name}");
            }
        }
    }
}
