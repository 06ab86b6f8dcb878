//! The resources under /v1, one file each.

mod access;
mod analytics;
mod audit;
mod availability;
mod collections;
pub(crate) mod components;
pub(crate) mod definitions;
pub(crate) mod description;
pub(crate) mod events;
mod grants;
mod hosts;
pub mod keys;
mod kv;
mod limits;
mod logs;
mod migrations;
pub(crate) mod namespaces;
pub(crate) mod pins;
mod queue;
mod reason;
mod recording_rules;
mod recordings;
mod references;
mod registry;
mod retention;
mod rule_scope;
mod secrets;
mod sessions;
mod shares;
mod sign_in;
mod signatures;
mod submission;
mod subscriber_runs;
mod subscriptions;
mod task_payloads;
pub(crate) mod task_views;
mod tasks;
pub(crate) mod templates;

use super::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .and(access::routes())
        .and(description::routes())
        .and(sessions::routes())
        .and(sign_in::routes())
        .and(keys::routes())
        .and(components::routes())
        .and(templates::routes())
        .and(availability::routes())
        .and(references::routes())
        .and(pins::routes())
        .and(secrets::routes())
        .and(kv::routes())
        .and(grants::routes())
        .and(shares::routes())
        .and(limits::routes())
        .and(queue::routes())
        .and(retention::routes())
        .and(signatures::routes())
        .and(audit::routes())
        .and(events::routes())
        .and(subscriptions::routes())
        .and(subscriber_runs::routes())
        .and(analytics::routes())
        .and(collections::routes())
        .and(hosts::routes())
        .and(registry::routes())
        .and(namespaces::routes())
        .and(tasks::routes())
        .and(logs::routes())
        .and(recording_rules::routes())
        .and(recordings::routes())
        .and(task_payloads::routes())
        .and(migrations::routes())
}
