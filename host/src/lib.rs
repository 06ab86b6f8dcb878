//! Tasker runs workflows whose step handlers are WebAssembly components; PostgreSQL decides what
//! runs next. ARCHITECTURE.md has the drawing; each module here is a stage of it.

pub mod api;
pub mod cli;
pub mod domain;
pub mod host;
pub mod registry;
pub mod sandbox;
pub mod store;
pub mod tasks;
pub mod worker;
