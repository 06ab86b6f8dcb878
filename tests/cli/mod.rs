//! The program as people and scripts use it, against a real host.

mod first_start;
mod following;
mod keys;
mod refusals;
mod terminal;
mod tls;
mod tour;
