//! Tasker runs workflows whose step handlers are WebAssembly components; PostgreSQL decides what
//! runs next. ARCHITECTURE.md has the drawing; each crate of the workspace is a stage of it, and this one
//! builds the parts and runs them.

pub mod command;
pub mod host;
pub mod process;
