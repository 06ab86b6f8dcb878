//! The program as people and scripts use it, against a real host.

mod bars;
mod following;
mod grants;
mod kv;
mod oci;
mod refusals;
mod registry;
mod secrets;
mod signing;
mod sync;
mod terminal;
mod tour;
mod verdicts;
