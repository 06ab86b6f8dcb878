//! What the host takes the caller for.

use super::check::Check;
use serde::Deserialize;
use tasker_cli::Client;
use tasker_cli::{CliError, Exit, token_help};
use tasker_domain::permission::Permissions;

const NAME: &str = "access";

#[derive(Debug, Deserialize)]
struct Access {
    actor: String,
    authentication: bool,
    permissions: Permissions,
}

/// Asks the host; none where there is no host to ask.
pub async fn check(client: &Client) -> Option<Check> {
    match client.get::<Access>(&["access"]).await {
        Ok(answer) => Some(of_answer(&answer.value, client.token_source())),
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
            "the host asks nobody who they are",
            "start it without --auth off",
        )
        .optional(),
    }
}
