//! Real guests in the real sandbox.

mod attempt;
mod cache;
mod contract;
mod exports;
pub mod guests;
mod handlers;
mod http;
mod kv;
mod measure;
mod misbehaviour;
mod refusals;
mod secrets;

pub use http::server;
