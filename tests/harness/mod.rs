//! What tests stand on: a database of their own, the program, and waiting without sleeping blindly.

mod cluster;
mod database;
mod program;
mod template;
mod wait;

pub use database::TestDatabase;
pub use program::tasker;
pub use wait::{wait_until, wait_until_sql};
