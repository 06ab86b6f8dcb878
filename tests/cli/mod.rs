//! The program as people and scripts use it, against a real host.

mod bars;
mod following;
mod refusals;
mod terminal;
mod tour;
