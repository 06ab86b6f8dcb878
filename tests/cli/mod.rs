//! The program as people and scripts use it, against a real host.

mod first_start;
mod following;
mod grants;
mod keys;
mod kv;
mod refusals;
mod secrets;
mod terminal;
mod tls;
mod tour;
mod verdicts;
