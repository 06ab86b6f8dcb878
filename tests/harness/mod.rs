//! What tests stand on: a database of their own, the program, and waiting without sleeping blindly.

mod cluster;
mod database;
mod guests;
mod host;
mod oci;
mod program;
mod template;
mod wait;

pub use database::TestDatabase;
pub use guests::{basics, build_guests};
pub use host::{TestHost, client, step_of, submits};
pub use oci::OciRegistry;
pub use program::tasker;
pub use wait::{wait_until, wait_until_sql};
