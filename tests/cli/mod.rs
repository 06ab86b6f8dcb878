//! The program as people and scripts use it, against a real host.

mod following;
mod refusals;
mod terminal;
mod tour;
mod verdicts;
