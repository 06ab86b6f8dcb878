//! Migrations of open tasks, part by part.

use super::ids::TaskId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest text that is shown of what is no cursor, in characters.
const MAX_SHOWN_CHARS: usize = 60;

/// How far a migration got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum MigrationCursor {
    /// The tasks up to this one were looked at; nothing moved yet.
    Look(TaskId),
    /// All were looked at, and those up to this one moved.
    Move(Option<TaskId>),
}

/// A text that no migration gave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a cursor; use `next` of the previous answer")]
pub struct MigrationCursorError(String);

impl fmt::Display for MigrationCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Look(last) => write!(f, "look~{last}"),
            Self::Move(Some(last)) => write!(f, "move~{last}"),
            Self::Move(None) => f.write_str("move"),
        }
    }
}

impl FromStr for MigrationCursor {
    type Err = MigrationCursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || MigrationCursorError(text.escape_debug().take(MAX_SHOWN_CHARS).collect());
        let task = |id: &str| id.parse::<TaskId>().map_err(|_| wrong());
        match text.split_once('~') {
            None if text == "move" => Ok(Self::Move(None)),
            Some(("look", id)) => Ok(Self::Look(task(id)?)),
            Some(("move", id)) => Ok(Self::Move(Some(task(id)?))),
            None | Some(_) => Err(wrong()),
        }
    }
}

impl TryFrom<String> for MigrationCursor {
    type Error = MigrationCursorError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MigrationCursor> for String {
    fn from(cursor: MigrationCursor) -> Self {
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
            MigrationCursor::Look(id),
            MigrationCursor::Move(Some(id)),
            MigrationCursor::Move(None),
        ] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }
}
