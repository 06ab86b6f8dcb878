//! GraphQL over an API that an OpenAPI document describes. Each operation is a field, its types come from the document,
//! and executing a field is executing the operation: nothing of the API exists twice.
//!
//! What a host adds is a table of edges between objects (`edges`), which are loaded for all objects of a level of a
//! query together (`loader`).

mod arguments;
mod connection;
mod edges;
mod feed;
mod fields;
pub mod host;
mod json;
mod json_schema;
pub mod limits;
mod loader;
mod lookups;
mod names;
mod node;
pub mod operation;
pub mod problem;
pub mod request;
mod schema;
mod session;
mod shape;
pub mod socket;
mod types;

pub use connection::Page;
pub use json::object;
pub use schema::{Admits, Asking, Graphql, Pushed, refusal};
pub use session::{MAX_ANSWER_BYTES, too_large};
