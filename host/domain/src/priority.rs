//! The priority of a task.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// From 0, the lowest, to 9. A step of a higher priority is claimed before others of its namespace, as if it were
/// due some minutes earlier for each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Priority(u8);

/// The number is none of a priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a priority is a whole number from 0, the lowest, to 9")]
pub struct WrongPriority;

impl Priority {
    /// As the database keeps it.
    pub fn number(self) -> i16 {
        self.0.into()
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self(4)
    }
}

impl TryFrom<i64> for Priority {
    type Error = WrongPriority;

    fn try_from(number: i64) -> Result<Self, WrongPriority> {
        let number = u8::try_from(number).ok().filter(|number| *number <= 9);
        number.map(Self).ok_or(WrongPriority)
    }
}

impl From<Priority> for i64 {
    fn from(priority: Priority) -> Self {
        priority.0.into()
    }
}

impl FromStr for Priority {
    type Err = WrongPriority;

    fn from_str(text: &str) -> Result<Self, WrongPriority> {
        let number: i64 = text.parse().map_err(|_| WrongPriority)?;
        number.try_into()
    }
}

impl Display for Priority {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_is_a_digit() {
        assert_eq!("0".parse::<Priority>().map(Priority::number), Ok(0));
        assert_eq!(Priority::try_from(9).map(Priority::number), Ok(9));
        for wrong in ["10", "-1", "", "high"] {
            assert_eq!(wrong.parse::<Priority>(), Err(WrongPriority), "{wrong}");
        }
    }

    #[test]
    fn the_default_is_that_of_the_database() {
        let sql = include_str!("../../../migrations/functions/03_default_priority.sql");
        let default = format!("select {}::smallint", Priority::default());
        assert!(sql.contains(&default), "{sql}");
    }
}
