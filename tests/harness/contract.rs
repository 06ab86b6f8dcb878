//! Every answer that a test sees is one that the description of the API has.

use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

/// Larger answers have no entity tag, as the documentation says.
const MAX_TAGGED_BYTES: u64 = 4 << 20;

/// The description, and what was compiled of it.
struct Contract {
    document: Value,
    /// Its schemas for sparse answers, in which every member may be missing.
    sparse: Value,
    schemas: Mutex<HashMap<String, Arc<jsonschema::Validator>>>,
}

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let document = tasker_api::document();
    Contract {
        sparse: sparse(&document["components"]["schemas"]),
        document,
        schemas: Mutex::default(),
    }
});

/// The schema without members that have to be there. What tells alternatives apart may be among them.
fn sparse(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => {
            let kept = keywords.iter().filter(|(name, _)| *name != "required");
            let kept = kept.map(|(name, value)| match name.as_str() {
                "oneOf" => ("anyOf".to_owned(), sparse(value)),
                name => (name.to_owned(), sparse(value)),
            });
            kept.collect()
        }
        Value::Array(items) => items.iter().map(sparse).collect(),
        other => other.clone(),
    }
}

/// The document that hosts serve.
pub fn openapi() -> &'static Value {
    &CONTRACT.document
}

/// A schema of the document, which may refer to the others.
pub fn compiled(schema: &Value) -> Arc<jsonschema::Validator> {
    compiled_with(schema, &CONTRACT.document["components"]["schemas"])
}

fn compiled_with(schema: &Value, types: &Value) -> Arc<jsonschema::Validator> {
    let is_sparse = std::ptr::eq(types, &CONTRACT.sparse);
    let key = format!("{is_sparse} {schema}");
    let mut schemas = CONTRACT.schemas.lock().unwrap();
    let compiled = schemas.entry(key).or_insert_with(|| {
        let root = json!({"allOf": [schema], "components": {"schemas": types}});
        let options = jsonschema::options().should_validate_formats(true);
        Arc::new(options.build(&root).unwrap())
    });
    compiled.clone()
}

/// What does not fit the schema.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    violations_of(&compiled(schema), value)
}

fn violations_of(schema: &jsonschema::Validator, value: &Value) -> Vec<String> {
    let errors = schema.iter_errors(value);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The operation that a request is for, by its path; `None` if there is none.
fn operation(method: &str, path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = openapi()["paths"].as_object().unwrap();
    let literal = paths.get_key_value(path);
    let mut fitting = paths.iter().filter(|(template, _)| fits(template, path));
    let (template, operations) = literal.or_else(|| fitting.next())?;
    let method = match method {
        "HEAD" => "get".to_owned(),
        other => other.to_ascii_lowercase(),
    };
    Some((template, operations.get(method)?))
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(expected, given)| {
            expected == given || (expected.starts_with('{') && !given.is_empty())
        })
}

/// A reference's target, or the value itself.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => openapi()
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

/// An answer to a request, as a test sees it.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub method: &'a str,
    pub url: &'a reqwest::Url,
    pub status: u16,
    pub headers: &'a HeaderMap,
    pub text: &'a str,
}

impl Seen<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|it| it.to_str().unwrap())
    }

    fn is_sparse(&self) -> bool {
        self.url.query_pairs().any(|(name, _)| name == "fields")
    }
}

/// Fails where the description does not have such an answer.
#[track_caller]
pub fn check_answer(seen: Seen<'_>) {
    let Seen {
        method,
        status,
        text,
        ..
    } = seen;
    let path = seen.url.path();
    let Some((template, operation)) = operation(method, path) else {
        // A route that is none is refused in a known form.
        assert!(
            matches!(status, 400..=499 | 503),
            "{method} {path}: {status} {text}"
        );
        return;
    };
    let what = format!("{method} {template}, {status}");
    let response = &operation["responses"][status.to_string()];
    assert!(!response.is_null(), "{what} is not described: {text}");
    let response = resolved(response);
    check_tag(seen, response, &what);
    if method == "HEAD" || (status == 304 && text.is_empty()) {
        return;
    }
    let content_type = seen.header("content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap().trim();
    let Some(contents) = response["content"].as_object() else {
        assert_eq!(text, "", "{what} has a body");
        return;
    };
    let content = contents.get(essence);
    let content = content.unwrap_or_else(|| panic!("{what} has the content type {content_type}"));
    if essence.ends_with("json") {
        let value = serde_json::from_str(text).unwrap();
        let wrong = match seen.is_sparse() && status == 200 {
            true => {
                let schema = sparse(&content["schema"]);
                violations_of(&compiled_with(&schema, &CONTRACT.sparse), &value)
            }
            false => violations(&content["schema"], &value),
        };
        assert!(wrong.is_empty(), "{what}: {wrong:#?} in {text}");
    }
}

/// What is read has an entity tag where that is described, unless it is a stream or large, and only there.
#[track_caller]
fn check_tag(seen: Seen<'_>, response: &Value, what: &str) {
    let is_described = !response["headers"]["etag"].is_null();
    let bytes = seen
        .header("content-length")
        .and_then(|it| it.parse::<u64>().ok());
    let is_whole = bytes.is_some_and(|bytes| bytes <= MAX_TAGGED_BYTES);
    match seen.header("etag") {
        Some(tag) => {
            let is_binary = response["content"]["application/wasm"].is_object();
            assert!(
                is_described || is_binary,
                "{what} has the undescribed tag {tag}"
            );
            let opaque = tag.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
            assert!(opaque.is_some_and(|it| !it.contains('"')), "{what}: {tag}");
            assert!(seen.header("cache-control") != Some("no-store"), "{what}");
        }
        None if is_described && is_whole && matches!(seen.method, "GET" | "HEAD") => {
            panic!("{what} has no entity tag")
        }
        None => {}
    }
}
