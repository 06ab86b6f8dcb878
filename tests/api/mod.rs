//! The API over real sockets, with a real database and real components.

mod audit;
mod bars;
mod components;
mod gate;
mod grants;
mod health;
mod keys;
mod kv;
mod limits;
mod permissions;
mod pin_history;
mod pins;
mod ramps;
mod registry;
mod requests;
mod resolution;
pub mod routes;
mod secrets;
pub mod server;
mod signatures;
mod submit;
mod tasks;
mod templates;
pub mod tokens;
mod verdicts;
mod worker;
