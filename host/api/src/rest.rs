//! The resources under /v1, one file each.

mod access;
mod affected_pins;
mod audit;
mod bars;
mod collections;
mod components;
mod diffs;
mod grants;
mod holders;
pub mod keys;
mod kv;
mod limits;
mod pins;
mod plans;
mod reason;
mod registry;
mod registry_views;
mod secrets;
mod shares;
mod signatures;
mod task_payloads;
mod task_views;
mod tasks;
mod template_views;
mod templates;
mod upgrades;
mod versions_query;

use super::Api;
use super::routes::Routes;
use axum::Router;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .and(keys::routes())
        .and(pins::routes())
        .and(secrets::routes())
        .and(kv::routes())
        .and(grants::routes())
        .and(shares::routes())
        .and(limits::routes())
        .and(signatures::routes())
        .and(audit::routes())
        .and(collections::routes())
        .undeclared(router())
}

/// What no endpoint declares yet.
fn router() -> Router<Api> {
    Router::new()
        .merge(access::router())
        .merge(components::router())
        .merge(templates::router())
        .merge(diffs::router())
        .merge(plans::router())
        .merge(grants::router())
        .merge(tasks::router())
        .merge(task_payloads::router())
        .merge(bars::router())
        .merge(registry::router())
        .merge(signatures::router())
        .merge(holders::router())
        .merge(upgrades::router())
}
