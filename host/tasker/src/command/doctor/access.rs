//! What the host takes the caller for.

use super::check::Check;
use tasker_cli::{Access, CliError, Client, Exit, token_help};

const NAME: &str = "access";

/// Asks the host; `None` if there is no host to ask.
pub async fn check(client: &Client) -> Option<Check> {
    match client.access().await {
        Ok(access) => Some(of_answer(&access, client.token_source())),
        Err(CliError::Problem(problem)) if problem.exit() == Exit::Unreachable => None,
        Err(CliError::Problem(problem)) => {
            let help = token_help(client.token_source());
            Some(Check::bad(NAME, problem.what(), help))
        }
        Err(CliError::ClosedPipe) => None,
    }
}

fn of_answer(access: &Access, source: Option<String>) -> Check {
    let Access {
        actor,
        authentication,
        permissions,
    } = access;
    match (authentication, source) {
        (true, Some(source)) => {
            let found = format!("{actor} by {source}: {permissions}");
            Check::good(NAME, found)
        }
        (true, None) => Check::good(NAME, format!("{actor}: {permissions}")),
        (false, _) => Check::bad(
            NAME,
            "the host runs without authentication",
            "start it without --auth off",
        )
        .optional(),
    }
}
