//! The API over real sockets, with a real database and real components.

mod components;
mod health;
mod pins;
mod registry;
mod requests;
mod resolution;
mod server;
mod signatures;
mod submit;
mod tasks;
mod templates;
mod worker;
