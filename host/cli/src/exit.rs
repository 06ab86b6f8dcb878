//! The exit codes, each with its meaning.

use std::process::ExitCode;

/// How a command ended, as a script can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Complete,
    Failed,
    BadInput,
    NotFound,
    Conflict,
    Unreachable,
    TimedOut,
    Unauthenticated,
    Forbidden,
}

/// Every exit code once, in order.
const TABLE: [(Exit, u8, &str); 9] = [
    (
        Exit::Complete,
        0,
        "done; for `task run` and `task watch`: the task is complete",
    ),
    (
        Exit::Failed,
        1,
        "the task failed or was cancelled, or the host could not do it",
    ),
    (Exit::BadInput, 2, "wrong usage or wrong input"),
    (Exit::NotFound, 3, "not found"),
    (Exit::Conflict, 4, "conflict with what exists"),
    (
        Exit::Unreachable,
        5,
        "the host cannot be reached, is not ready, or is overloaded",
    ),
    (Exit::TimedOut, 6, "--timeout passed; the task continues"),
    (
        Exit::Unauthenticated,
        7,
        "no valid token: set TASKER_TOKEN to a key of the host",
    ),
    (
        Exit::Forbidden,
        8,
        "not permitted: the key lacks the action, or the component is not shared",
    ),
];

impl Exit {
    /// The code of the process.
    pub fn code(self) -> u8 {
        TABLE[self as usize].1
    }

    /// What an HTTP status of the API means for the command; `status` is not a success.
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 => Self::Conflict,
            429 | 502..=504 => Self::Unreachable,
            400..=499 => Self::BadInput,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The exit codes as a table for `--help`.
pub fn table() -> String {
    let lines = TABLE
        .iter()
        .map(|(_, code, meaning)| format!("\n  {code}  {meaning}"));
    std::iter::once("Exit codes:".to_owned())
        .chain(lines)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (place, (exit, code, _)) in TABLE.iter().enumerate() {
            assert_eq!((*exit as usize, usize::from(*code)), (place, place));
        }
    }

    #[test]
    fn a_status_says_which_code_the_command_ends_with() {
        let codes = [422, 400, 413, 401, 403, 404, 409, 429, 503, 500]
            .map(|status| Exit::of_status(status).code());
        assert_eq!(codes, [2, 2, 2, 7, 8, 3, 4, 5, 5, 1]);
    }
}
