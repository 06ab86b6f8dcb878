//! The API over real sockets, with a real database and real components.

mod audit;
mod components;
mod gate;
mod grants;
mod health;
mod keys;
mod kv;
mod permissions;
mod pin_history;
mod pins;
mod ramps;
mod requests;
mod resolution;
mod routes;
mod secrets;
mod server;
mod submit;
mod tasks;
mod templates;
mod verdicts;
mod worker;
