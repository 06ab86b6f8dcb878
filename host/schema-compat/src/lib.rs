//! JSON Schemas of values that strangers send, and what a change of a schema means to those values.
//!
//! [`Schema`] holds a value against a schema in a bounded time, whatever the two say; [`InputSchema`] fills in
//! defaults first. [`compare()`] lists what a new schema takes more and less than an old one, and never calls a change
//! smaller than it is. [`contradiction`] looks for a value that one schema takes and another refuses.

mod compare;
mod decimal;
mod schema;

pub use compare::{
    Comparisons, Contradiction, Difference, Effect, compare, compare_filled_in, contradiction,
};
pub use decimal::Decimal;
pub use schema::{
    InputError, InputSchema, MAX_CHECKS, MAX_ERRORS, Schema, SchemaError, example_input,
};
