//! What tests stand on: a database of their own, the program, and waiting without sleeping blindly.

mod advance;
mod cluster;
mod contract;
mod database;
mod event_stream;
mod guests;
mod host;
mod ids;
mod key;
mod left_out;
mod oci;
mod program;
mod python;
mod queue;
mod template;
mod wait;

pub use advance::Advance;
pub use contract::{Seen, check_answer, compiled, openapi, resolved, violations};
pub use database::TestDatabase;
pub use event_stream::EventStream;
pub use guests::{basics, build_guests, kept_code_dir};
pub use host::{TestHost, step_of, submits};
pub use ids::NEW_ID;
pub use key::{ADMIN_KEY, client, client_with, install_admin_key};
pub use left_out::left_out;
pub use oci::OciRegistry;
pub use program::{tasker, tasker_bench};
pub use python::{S3Server, install_python, python, run_python};
pub use queue::{REQUEUE, WRONG_IN_QUEUE};
pub use wait::{wait_until, wait_until_sql, wait_up_to};
