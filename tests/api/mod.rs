//! The API over real sockets, with a real database and real components.

mod bars;
mod components;
mod gate;
mod grants;
mod health;
mod kv;
mod pin_history;
mod pins;
mod ramps;
mod registry;
mod requests;
mod resolution;
mod secrets;
mod server;
mod signatures;
mod submit;
mod tasks;
mod templates;
mod verdicts;
mod worker;
