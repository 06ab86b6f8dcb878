//! The resources under /v1, one file each.

mod access;
mod audit;
mod components;
pub mod keys;
mod pins;
mod task_views;
mod tasks;
mod template_views;
mod templates;

use super::Api;
use axum::Router;

pub(in crate::api) fn router() -> Router<Api> {
    Router::new()
        .merge(access::router())
        .merge(audit::router())
        .merge(keys::router())
        .merge(components::router())
        .merge(templates::router())
        .merge(pins::router())
        .merge(tasks::router())
}
