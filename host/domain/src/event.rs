//! Events: messages of handlers besides their results.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest name of an event, in bytes.
pub const MAX_EVENT_NAME_BYTES: usize = 100;
/// First parts of names that are reserved for the engine.
pub(crate) const OWN_FIRST_PARTS: [&str; 3] = ["step", "task", "tasker"];
/// As much of a wrong name as a message shows, in characters.
const SHOWN_CHARS: usize = 40;

/// The name of an event, or the beginning of names: parts of letters, digits, `_` and `-`, with dots
/// between them, such as `orders.charged`. At most [`MAX_EVENT_NAME_BYTES`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventName(String);

/// An event as an attempt sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentEvent {
    pub name: EventName,
    /// JSON text.
    pub payload: String,
}

/// Why a text is not an [`EventName`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventNameError {
    #[error("an event's name has 1 to {MAX_EVENT_NAME_BYTES} bytes; this one has {0}")]
    Length(usize),
    #[error(
        "`{0}` is not an event's name; it is made of letters, digits, `_` and `-`, with dots between the parts, such as `orders.charged`"
    )]
    Form(String),
    #[error("`{0}` is a reserved name; it must not begin with {list}", list = OWN_FIRST_PARTS.map(|part| format!("`{part}`")).join(", "))]
    Own(String),
}

impl EventName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if this is the prefix, or lies below it: `orders.charged` below `orders`.
    pub fn is_within(&self, prefix: &Self) -> bool {
        let rest = self.0.strip_prefix(&prefix.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl FromStr for EventName {
    type Err = EventNameError;

    fn from_str(text: &str) -> Result<Self, EventNameError> {
        if !(1..=MAX_EVENT_NAME_BYTES).contains(&text.len()) {
            return Err(EventNameError::Length(text.len()));
        }
        if !text.split('.').all(is_part) {
            let shown: String = text.chars().take(SHOWN_CHARS).collect();
            return Err(EventNameError::Form(shown.escape_debug().to_string()));
        }
        match OWN_FIRST_PARTS.contains(&text.split('.').next().unwrap_or_default()) {
            true => Err(EventNameError::Own(text.to_owned())),
            false => Ok(Self(text.to_owned())),
        }
    }
}

impl TryFrom<String> for EventName {
    type Error = EventNameError;

    fn try_from(text: String) -> Result<Self, EventNameError> {
        text.parse()
    }
}

impl From<EventName> for String {
    fn from(name: EventName) -> Self {
        name.0
    }
}

fn is_part(part: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !part.is_empty() && part.chars().all(is_allowed)
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> EventName {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_is_parts_with_dots_between_them() {
        for right in ["orders", "orders.charged", "a.b-c.D_9", "tasks.step"] {
            assert_eq!(name(right).as_str(), right);
        }
        for wrong in [".", "a.", ".a", "a..b", "a b", "ü", "a.\0", "a/b"] {
            let error = wrong.parse::<EventName>().unwrap_err();
            assert!(matches!(error, EventNameError::Form(_)), "{wrong}: {error}");
        }
        assert_eq!("".parse::<EventName>(), Err(EventNameError::Length(0)));
        let long = "e".repeat(101);
        assert_eq!(long.parse::<EventName>(), Err(EventNameError::Length(101)));
    }

    #[test]
    fn the_engines_own_names_are_refused() {
        for own in ["task", "task.complete", "step.error", "tasker.x"] {
            let error = own.parse::<EventName>().unwrap_err();
            assert_eq!(error, EventNameError::Own(own.to_owned()));
            assert!(error.to_string().contains("`step`, `task`, `tasker`"));
        }
    }

    #[test]
    fn a_prefix_ends_at_a_dot() {
        let orders = name("orders");
        assert!(name("orders").is_within(&orders));
        assert!(name("orders.charged").is_within(&orders));
        assert!(!name("orders_old").is_within(&orders));
        assert!(!orders.is_within(&name("orders.charged")));
    }
}
