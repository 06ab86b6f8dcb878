//! Compatibility between two versions: what a change means to those who rely on the earlier version, as
//! patch, minor or major.
//!
//! The version number has to allow the change. The comparison never reports a change as smaller than it
//! is; where it cannot decide, it reports major. There is one exception, which follows the intention of
//! authors: an object without `additionalProperties` makes no statement about members that it does not
//! name, so adding another optional member does not narrow it.

pub mod bump;
pub mod component;
mod events;
pub mod exports;
pub mod handlers;
mod schemas;
mod subscribers;
pub mod template;

pub use tasker_domain::compatibility::{CompatChange, CompatReport, Level, MAX_CHANGES};
