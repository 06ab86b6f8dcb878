//! Real guests in the real sandbox.

pub mod attempt;
mod cache;
mod contract;
mod events;
mod exports;
pub mod guests;
mod handlers;
mod http;
mod kept;
mod kv;
mod limits;
mod linked;
mod measure;
mod misbehaviour;
mod names;
mod recordings;
mod refusals;
mod secrets;
mod subscribers;

pub use http::server;
