//! What needs a database, a sandbox, sockets or whole processes. What is pure is tested beside it.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and says where"
)]

mod api;
mod book;
mod cli;
mod clients;
mod crash;
mod dev;
mod embedded;
mod faults;
mod flow;
mod graphql;
mod harness;
mod hostile;
mod languages;
mod model;
mod otlp;
mod reference;
mod sandbox;
mod sql;
mod subscribers;
mod testing;
mod tidy;
mod ui;
mod webhooks;
