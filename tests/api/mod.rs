//! The API over real sockets, with a real database and real components.

mod bars;
mod components;
mod health;
mod pins;
mod requests;
mod resolution;
mod server;
mod submit;
mod tasks;
mod templates;
mod worker;
