//! Every answer that a test sees is one that the description of the API has.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

/// The description, and what was compiled of it.
struct Contract {
    document: Value,
    schemas: Mutex<HashMap<String, Arc<jsonschema::Validator>>>,
}

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract {
    document: tasker_api::document(),
    schemas: Mutex::default(),
});

/// The document that hosts serve.
pub fn openapi() -> &'static Value {
    &CONTRACT.document
}

/// A schema of the document, which may refer to the others.
pub fn compiled(schema: &Value) -> Arc<jsonschema::Validator> {
    let key = schema.to_string();
    let mut schemas = CONTRACT.schemas.lock().unwrap();
    let compiled = schemas.entry(key).or_insert_with(|| {
        let components = &CONTRACT.document["components"];
        let root = json!({"allOf": [schema], "components": {"schemas": components["schemas"]}});
        let options = jsonschema::options().should_validate_formats(true);
        Arc::new(options.build(&root).unwrap())
    });
    compiled.clone()
}

/// What does not fit the schema.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let schema = compiled(schema);
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

/// Fails where the description does not have such an answer.
#[track_caller]
pub fn check_answer(method: &str, path: &str, status: u16, content_type: &str, text: &str) {
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
    if method == "HEAD" || (status == 304 && text.is_empty()) {
        return;
    }
    let essence = content_type.split(';').next().unwrap().trim();
    let Some(contents) = response["content"].as_object() else {
        assert_eq!(text, "", "{what} has a body");
        return;
    };
    let content = contents.get(essence);
    let content = content.unwrap_or_else(|| panic!("{what} has the content type {content_type}"));
    if essence.ends_with("json") {
        let value = serde_json::from_str(text).unwrap();
        let wrong = violations(&content["schema"], &value);
        assert!(wrong.is_empty(), "{what}: {wrong:#?} in {text}");
    }
}
