//! Real guests in the real sandbox.

mod attempt;
mod cache;
mod contract;
pub mod guests;
mod handlers;
mod http;
mod measure;
mod misbehaviour;
mod refusals;

pub use http::server;
