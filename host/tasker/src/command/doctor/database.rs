//! Whether the database that a host is to be given can be connected to from here.

use super::check::Check;
use tasker_database::Database;

const NAME: &str = "database url";

/// Connections are opened as they are needed: two, to find a pooler.
const CONNECTIONS: u32 = 2;

/// Connects once, as a host does at its start.
pub async fn check(url: &str) -> Check {
    let database = match Database::open_url(url, CONNECTIONS) {
        Ok(database) => database,
        Err(error) => return Check::bad(NAME, error.to_string(), "correct --database-url"),
    };
    match database.try_connect().await {
        Ok(()) => Check::good(NAME, "it can be connected to"),
        Err(error) => Check::bad(NAME, error.to_string(), error.help()),
    }
}
