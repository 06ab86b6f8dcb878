//! What needs a database, a sandbox, sockets or whole processes. What is pure is tested beside it.

mod embedded;
mod harness;
mod sandbox;
mod sql;
mod tidy;
