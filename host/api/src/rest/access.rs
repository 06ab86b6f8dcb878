//! Access: what the caller is taken for.

use super::super::Api;
use super::super::access::Access;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use tasker_domain::actor::Actor;
use tasker_domain::permission::Permissions;

pub fn router() -> Router<Api> {
    Router::new().route("/access", get(show))
}

#[derive(Serialize)]
struct AccessView {
    actor: Actor,
    /// False on a host that asks nobody who they are.
    authentication: bool,
    permissions: Permissions,
}

async fn show(access: Access) -> Json<AccessView> {
    Json(AccessView {
        actor: access.actor().clone(),
        authentication: access.is_known(),
        permissions: access.permissions().clone(),
    })
}
