//! Components, templates and pins: published once, chosen by version, never changed.

pub mod approval;
pub mod availability;
pub mod collect;
pub mod compat_report;
pub mod diff;
pub mod discover;
pub mod grant;
pub mod graph;
pub mod inventory;
pub mod kv;
pub mod kv_place;
pub mod limit;
pub mod listed;
pub mod maintenance;
pub mod pin;
pub mod plan;
pub mod publish_component;
pub mod publish_template;
pub mod queue;
pub mod recording_rule;
pub mod references;
pub mod resolve;
pub mod resolved_pin;
pub mod retention;
pub mod rollout;
pub mod secret;
pub mod semver_violation;
pub mod share;
pub mod sign;
pub mod store;
pub mod subscriber;
pub mod subscription;
pub mod uses;
pub mod watch;

mod catalog;
mod error;
mod obstacles;
mod release;
mod storable;
mod until_unmoved;
pub mod version;
pub mod version_page;

pub use error::{RegistryError, SubscriptionRefused};
pub use release::Release;

use catalog::cache::CatalogCache;
use resolve::ResolvedCache;
use std::sync::Arc;
use store::Store;
use tasker_engine::Engine;
use tasker_sandbox::Sandbox;

/// The registry of one host; clones share its cache.
#[derive(Clone)]
pub struct Registry {
    store: Store,
    sandbox: Sandbox,
    kept: Arc<CatalogCache>,
    resolved: Arc<ResolvedCache>,
}

impl Registry {
    pub fn new(engine: Engine, sandbox: Sandbox) -> Self {
        Self {
            store: Store::new(engine),
            sandbox,
            kept: Arc::default(),
            resolved: Arc::default(),
        }
    }
}
