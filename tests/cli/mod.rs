//! The program as people and scripts use it, against a real host.

mod following;
mod oci;
mod refusals;
mod registry;
mod signing;
mod sync;
mod terminal;
mod tour;
