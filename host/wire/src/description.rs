//! The description of the API itself, for programs and for people.

use crate::endpoint::{Media, endpoint};

/// An OpenAPI document.
#[derive(Clone, Copy, Debug)]
pub enum OpenApiJson {}

impl Media for OpenApiJson {
    const TYPES: &'static [&'static str] = &["application/json"];
}

/// A page for browsers.
#[derive(Clone, Copy, Debug)]
pub enum Html {}

impl Media for Html {
    const TYPES: &'static [&'static str] = &["text/html; charset=utf-8"];
}

endpoint! {
    /// Describes the API as an OpenAPI 3.1 document.
    GET "/v1/openapi.json" ShowOpenApi {}
    needs Read in Open;
    headers IF_NONE_MATCH;
    answers OpenApiJson;
}

endpoint! {
    /// Describes the API as a page for browsers.
    GET "/docs/api" ShowApiReference {}
    needs Read in Open;
    headers IF_NONE_MATCH;
    answers Html;
}
