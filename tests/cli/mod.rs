//! The program as people and scripts use it, against a real host.

mod following;
mod grants;
mod refusals;
mod terminal;
mod tour;
