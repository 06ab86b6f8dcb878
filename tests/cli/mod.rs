//! The program as people and scripts use it, against a real host.

mod bars;
mod drain;
mod events;
mod figures;
mod first_start;
mod following;
mod gc;
mod grants;
mod hostile_text;
mod keys;
mod kv;
mod limits;
mod oci;
mod plans;
mod refusals;
mod registry;
mod secrets;
mod signing;
mod sync;
pub mod terminal;
mod tls;
mod tokens;
mod tour;
mod upgrade;
mod verdicts;
mod watch;
