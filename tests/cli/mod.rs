//! The program as people and scripts use it, against a real host.

mod bars;
mod first_start;
mod following;
mod grants;
mod keys;
mod kv;
mod oci;
mod plans;
mod refusals;
mod registry;
mod secrets;
mod signing;
mod sync;
mod terminal;
mod tls;
mod tour;
mod verdicts;
