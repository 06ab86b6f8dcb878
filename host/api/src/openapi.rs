//! The description of the API: an OpenAPI 3.1 document, and a page for browsers, both made from the declared
//! endpoints and their types.

mod header_names;
mod html;
mod names;
mod operation;
mod page;
mod refusals;
mod schemas;
mod text;

pub(crate) use operation::Composer;
pub(crate) use page::{content_security_policy, page};
use serde_json::{Value, json};

/// What was gathered as an OpenAPI document.
pub(crate) fn document(gathered: Composer) -> Value {
    let (paths, schemas) = gathered.into_parts();
    let tags = names::TAGS.iter();
    let tags = tags.map(|tag| json!({"name": tag.name, "description": tag.description}));
    let mut document = json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Tasker",
            "version": env!("CARGO_PKG_VERSION"),
            "description": names::INTRODUCTION,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": tags.collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": refusals::shared_responses(),
            "headers": header_names::headers_of_answers(),
            "securitySchemes": names::security_schemes(),
        },
    });
    schemas::simplify(&mut document);
    text::list_named_values(&mut document);
    text::clean_descriptions(&mut document);
    document
}
