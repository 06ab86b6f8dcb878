//! Tasks from submit to end, through the API, the database, a worker and the sandbox.

mod archived_logs;
mod collect;
mod drain;
mod events;
mod failures;
mod feed;
mod grants;
mod graphs;
mod hints;
mod hosts;
mod kv;
mod ledger;
mod limits;
mod logs;
mod metrics;
mod migration;
mod operations;
pub mod partition_archive;
mod poison;
mod quarantine;
mod queue;
mod recordings;
mod registry;
pub mod retention;
mod retries;
mod revisions;
mod rollouts;
mod secrets;
mod status;
mod swap;
mod watch;

use crate::harness::{TestDatabase, TestHost, basics};
use crate::sandbox::guests;

/// A host that has the components `basics` and `guest`.
pub async fn host(database: &TestDatabase) -> TestHost {
    let host = TestHost::start(database).await;
    publish_components(&host).await;
    host
}

async fn publish_components(host: &TestHost) {
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_component("guest", "1.0.0", guests::misbehaving())
        .await;
}

/// The component `guest` names two of its handlers only; has templates be free to name the others.
pub async fn forget_description(database: &TestDatabase) {
    sqlx::query(
        "update tasker.component_version set descriptor = jsonb_set(descriptor, '{handlers}', 'null')",
    )
    .execute(database.pool())
    .await
    .unwrap();
}

/// How often the steps of all tasks went into a state, and how many (task, step) did.
async fn count_transitions(database: &TestDatabase, to_state: &str) -> (i64, i64) {
    sqlx::query_as(
        "select count(*), count(distinct (task_id, step_no)) from tasker.transition
         where to_state = $1 and step_no is not null",
    )
    .bind(to_state)
    .fetch_one(database.pool())
    .await
    .unwrap()
}
