//! The exit codes, each with its meaning.

use std::process::ExitCode;

/// How a command ended, as a script can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Complete = 0,
    Failed,
    BadInput,
    NotFound,
    Conflict,
    Unreachable,
    TimedOut,
    Unauthenticated,
    Forbidden,
}

/// What each exit code means, in their order.
const MEANINGS: [&str; 9] = [
    "done; for `task run` and `task watch`: the task is complete",
    "the task failed or was cancelled, the host could not do it, or (`status`) something is down",
    "wrong usage or wrong input",
    "not found",
    "conflict with what exists",
    "the host cannot be reached, is not ready, or is overloaded",
    "--timeout passed; the task continues",
    "no valid token: set TASKER_TOKEN to a key of the host",
    "not permitted: the key lacks the action, or the component is not shared",
];

impl Exit {
    /// The code of the process.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What an HTTP status of the API means for the command; `status` is not a success.
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 | 412 => Self::Conflict,
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
    let lines = MEANINGS.iter().enumerate();
    let lines = lines.map(|(code, meaning)| format!("\n  {code}  {meaning}"));
    "Exit codes:".to_owned() + &lines.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        let all = [
            Exit::Complete,
            Exit::Failed,
            Exit::BadInput,
            Exit::NotFound,
            Exit::Conflict,
            Exit::Unreachable,
            Exit::TimedOut,
            Exit::Unauthenticated,
            Exit::Forbidden,
        ];
        for (place, exit) in all.iter().enumerate() {
            assert_eq!((*exit as usize, usize::from(exit.code())), (place, place));
        }
        assert_eq!(all.len(), MEANINGS.len());
    }

    #[test]
    fn a_status_says_which_code_the_command_ends_with() {
        let codes = [422, 400, 413, 401, 403, 404, 409, 429, 503, 500]
            .map(|status| Exit::of_status(status).code());
        assert_eq!(codes, [2, 2, 2, 7, 8, 3, 4, 5, 5, 1]);
    }
}
