//! What bodies consist of, for the description of the API.

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// What is in the body of a request or an answer.
pub trait Content {
    /// The media types that it may have, the usual one first; none if there is no body.
    fn contents(schemas: &mut SchemaGenerator) -> Vec<(&'static str, Schema)>;

    /// The answer sends the caller elsewhere.
    fn is_redirect() -> bool {
        false
    }
}

/// An answer that is sent as JSON.
impl<T: JsonSchema> Content for T {
    fn contents(schemas: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        vec![("application/json", schemas.subschema_for::<T>())]
    }
}
