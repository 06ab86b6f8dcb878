//! What tests stand on: a database of their own, and waiting without sleeping blindly.

mod cluster;
mod database;
mod template;
mod wait;

pub use database::TestDatabase;
pub use wait::{wait_until, wait_until_sql};
