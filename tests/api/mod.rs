//! The API over real sockets, with a real database and real components.

mod audit;
mod components;
mod health;
mod keys;
mod permissions;
mod pins;
mod requests;
mod resolution;
mod routes;
mod server;
mod submit;
mod tasks;
mod templates;
mod worker;
