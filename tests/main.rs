//! What needs a database, a sandbox, sockets or whole processes. What is pure is tested beside it.

mod api;
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and says where"
)]

mod embedded;
mod harness;
mod sandbox;
mod tidy;
