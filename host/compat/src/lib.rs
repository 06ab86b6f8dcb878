//! What a change means to those who rely on what was there: patch, minor or major.
//!
//! A version number is a promise, and here is what it is held against. The comparison never calls
//! a change smaller than it is; where it cannot tell, it says major. The one thing that it takes as
//! authors mean it: an object that does not say `additionalProperties` promises nothing of the
//! members that it doesn't name, so naming another optional one is no narrowing.

pub mod component;
pub mod exports;
pub mod handlers;
pub mod promise;
pub mod template;

pub use tasker_domain::compatibility::{Change, CompatReport, Level, MAX_CHANGES};
