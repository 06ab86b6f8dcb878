//! What edges lead to, for many keys at once: each set is one statement, and each key is checked against what the caller
//! may read.

mod families;
mod keys;
mod registry;
mod tasks;

use super::caller::Caller;
use crate::error::ApiError;
use axum::body::to_bytes;
use axum::response::IntoResponse as _;
use serde_json::Value as Json;
use tasker_graphql::host::Found;
use tasker_graphql::problem::Problem;

/// The longest refusal, in bytes.
const MAX_PROBLEM_BYTES: usize = 1 << 20;

/// What an edge leads to, for each key in order.
pub(super) async fn load(caller: &Caller, edge: &str, keys: &[Json]) -> Vec<Found> {
    match edge {
        "namespace" => families::namespace(caller, keys).await,
        "step" => tasks::step_named(caller, keys).await,
        "steps" => tasks::steps(caller, keys).await,
        "attempts" => tasks::attempts(caller, keys).await,
        "step_reasons" => tasks::step_reasons(caller, keys).await,
        "task_inputs" => tasks::inputs(caller, keys).await,
        "task_results" => tasks::results(caller, keys).await,
        "task_locks" => tasks::locks(caller, keys).await,
        "task_step_counts" => tasks::step_counts(caller, keys).await,
        "task" => tasks::by_id(caller, keys).await,
        "tasks" => tasks::of_namespaces(caller, keys).await,
        "component_version" => registry::component_versions(caller, keys).await,
        "pinned_component" => registry::pinned_components(caller, keys).await,
        "template_version" => registry::template_versions(caller, keys).await,
        "component" => families::component(caller, keys).await,
        "template" => families::template(caller, keys).await,
        "components" => families::components(caller, keys).await,
        "templates" => families::templates(caller, keys).await,
        "component_versions" => families::component_versions(caller, keys).await,
        "template_versions" => families::template_versions(caller, keys).await,
        "pins" => registry::pins(caller, keys).await,
        unknown => {
            tracing::error!(edge = unknown, "an edge of GraphQL has no loader");
            let problem = Problem::new(500, "internal", "internal error");
            keys.iter().map(|_| Err(problem.clone())).collect()
        }
    }
}

/// A refusal as it crosses the wire.
pub(super) async fn problem(error: impl Into<ApiError>) -> Problem {
    let response = error.into().into_response();
    let body = to_bytes(response.into_body(), MAX_PROBLEM_BYTES).await;
    Problem::parse(&body.unwrap_or_default())
}
