//! What is in bodies: media types with their schemas.

use crate::content::Content;
use crate::description::{Html, OpenApiJson};
use crate::endpoint::{
    Bytes, EventStream, Graph, Json, JsonText, Media, NoBody, NoContent, Redirect, Text, Wasm,
    Yaml, YamlOrJson,
};
use crate::metrics::MetricsText;
use crate::template::{PlannedTemplate, TEMPLATE_EXAMPLE};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

impl<T: JsonSchema> Content for Json<T> {
    fn contents(schemas: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        T::contents(schemas)
    }
}

impl Content for NoBody {
    fn contents(_: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        Vec::new()
    }
}

impl Content for NoContent {
    fn contents(_: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        Vec::new()
    }
}

impl Content for Redirect {
    fn contents(_: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        Vec::new()
    }

    fn is_redirect() -> bool {
        true
    }
}

impl Content for YamlOrJson {
    fn contents(schemas: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        let planned = PlannedTemplate::contents(schemas);
        Yaml::contents(schemas).into_iter().chain(planned).collect()
    }
}

/// Gives bodies of these media the schema that follows.
macro_rules! contents {
    ($($media:ty: $schema:tt)+) => {$(
        impl Content for $media {
            fn contents(_: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
                let types = <$media>::TYPES.iter();
                types.map(|media_type| (*media_type, json_schema!($schema))).collect()
            }
        }
    )+};
}

contents! {
    Bytes: {"type": "string", "format": "binary", "examples": ["s3cret"]}
    Wasm: {"type": "string", "format": "binary"}
    JsonText: {"examples": [{"paid": true}]}
    Yaml: {"type": "string", "examples": [TEMPLATE_EXAMPLE]}
    Text: {"type": "string"}
    Graph: {"type": "string"}
    MetricsText: {"type": "string"}
    EventStream: {"type": "string"}
    OpenApiJson: {"type": "object"}
    Html: {"type": "string"}
}
