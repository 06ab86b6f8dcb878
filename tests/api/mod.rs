//! The API over real sockets, with a real database and real components.

mod audit;
mod bars;
mod components;
mod gate;
mod grants;
mod health;
mod keys;
mod kv;
mod permissions;
mod pin_history;
mod pins;
mod plans;
mod ramps;
mod registry;
mod requests;
mod resolution;
mod routes;
mod secrets;
mod server;
mod signatures;
mod submit;
mod tasks;
mod templates;
mod verdicts;
mod worker;
