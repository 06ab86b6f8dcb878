//! The part of an upgrade that one call does.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use tasker_domain::ids::TaskId;

/// The most open tasks that one call looks at, and as many unless its caller wants fewer.
pub const MAX_UPGRADE_TASKS: u32 = 10_000;
/// The longest text that is shown of what is no cursor, in characters.
const MAX_SHOWN_CHARS: usize = 60;

/// Which part of an upgrade a call does.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub after: Option<UpgradeCursor>,
    limit: u32,
}

/// How far an upgrade got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum UpgradeCursor {
    /// The tasks up to this one were looked at; nothing moved yet.
    Look(TaskId),
    /// All were looked at, and those up to this one moved.
    Move(Option<TaskId>),
}

/// Why there is no such part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    #[error("{0} is out of range; ask for 1 to {MAX_UPGRADE_TASKS} tasks")]
    Limit(u32),
    #[error("`{0}` is no place to go on from; give what the last answer had as `next`")]
    Cursor(String),
}

impl Part {
    /// # Errors
    /// Where the limit is not in 1 to [`MAX_UPGRADE_TASKS`].
    pub fn new(after: Option<UpgradeCursor>, limit: Option<u32>) -> Result<Self, PartError> {
        match limit.unwrap_or(MAX_UPGRADE_TASKS) {
            limit @ 1..=MAX_UPGRADE_TASKS => Ok(Self { after, limit }),
            limit => Err(PartError::Limit(limit)),
        }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit as usize
    }

    /// The last task that was seen.
    pub(super) fn position(&self) -> Option<TaskId> {
        match self.after {
            None => None,
            Some(UpgradeCursor::Look(last)) => Some(last),
            Some(UpgradeCursor::Move(last)) => last,
        }
    }
}

impl fmt::Display for UpgradeCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Look(last) => write!(f, "look~{last}"),
            Self::Move(Some(last)) => write!(f, "move~{last}"),
            Self::Move(None) => f.write_str("move"),
        }
    }
}

impl FromStr for UpgradeCursor {
    type Err = PartError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || PartError::Cursor(text.escape_debug().take(MAX_SHOWN_CHARS).collect());
        let task = |id: &str| id.parse::<TaskId>().map_err(|_| wrong());
        match text.split_once('~') {
            None if text == "move" => Ok(Self::Move(None)),
            Some(("look", id)) => Ok(Self::Look(task(id)?)),
            Some(("move", id)) => Ok(Self::Move(Some(task(id)?))),
            None | Some(_) => Err(wrong()),
        }
    }
}

impl TryFrom<String> for UpgradeCursor {
    type Error = PartError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<UpgradeCursor> for String {
    fn from(cursor: UpgradeCursor) -> Self {
        cursor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let id = TaskId::generate();
        for cursor in [
            UpgradeCursor::Look(id),
            UpgradeCursor::Move(Some(id)),
            UpgradeCursor::Move(None),
        ] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }
}
