//! The program as people and scripts use it, against a real host.

mod following;
mod grants;
mod kv;
mod refusals;
mod secrets;
mod terminal;
mod tour;
mod verdicts;
