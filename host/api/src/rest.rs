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
mod pin_ramps;
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
    Routes::default().and(keys::routes()).undeclared(router())
}

/// What no endpoint declares yet.
fn router() -> Router<Api> {
    Router::new()
        .merge(access::router())
        .merge(audit::router())
        .merge(components::router())
        .merge(templates::router())
        .merge(diffs::router())
        .merge(plans::router())
        .merge(pins::router())
        .merge(pin_ramps::router())
        .merge(secrets::router())
        .merge(kv::router())
        .merge(grants::router())
        .merge(shares::router())
        .merge(limits::router())
        .merge(tasks::router())
        .merge(task_payloads::router())
        .merge(bars::router())
        .merge(registry::router())
        .merge(signatures::router())
        .merge(holders::router())
        .merge(collections::router())
        .merge(upgrades::router())
}
