//! Real guests in the real sandbox.

mod attempt;
mod cache;
mod contract;
pub mod guests;
mod handlers;
mod http;
mod misbehaviour;
mod refusals;
