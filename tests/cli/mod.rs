//! The program as people and scripts use it, against a host that is a process of its own.

mod following;
mod refusals;
mod terminal;
mod tour;
