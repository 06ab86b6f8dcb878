//! What crosses the HTTP API of a host, for the host and for its callers alike. No IO.
//!
//! Each request and response is one type here, with the same serde derive for both sides. A member that
//! only some answers have is an `Option` that is left out where it is none. Each request is declared as an
//! [`endpoint::Endpoint`], beside its types.

pub mod access;
pub mod analytics;
pub mod audit;
pub mod collection;
mod comma_list;
pub mod component;
#[cfg(feature = "openapi")]
pub mod content;
pub mod definition;
pub mod deprecation;
pub mod description;
pub mod endpoint;
pub mod event;
pub mod failure;
pub mod grant;
pub mod headers;
pub mod health;
pub mod host;
pub mod key;
pub mod kv;
pub mod limit;
pub mod log;
pub mod metrics;
pub mod migration;
pub mod namespace;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod page;
pub mod pin;
pub mod problem;
pub mod problem_code;
pub mod quarantine;
pub mod queue;
pub mod reason;
pub mod recording;
pub mod recording_rule;
pub mod registry;
pub mod retention;
pub mod secret;
pub mod session;
pub mod share;
pub mod signature;
pub mod step;
pub mod subscription;
pub mod task;
pub mod template;
pub mod transition;

pub use page::Page;
