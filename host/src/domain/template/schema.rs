//! JSON Schemas: that they compile, that an input keeps to one, and their defaults.
//!
//! References lead nowhere outside the schema itself; formats (`email`, `date-time` …) are enforced.

mod hops;

use jsonschema::{ValidationError, Validator};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The most errors that are reported of one input or one schema.
pub const MAX_ERRORS: usize = 20;
/// The longest message of one error, in characters.
const MAX_MESSAGE_CHARS: usize = 300;

/// What is wrong with a schema, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[error("the schema is wrong at `{pointer}`: {message}")]
pub struct SchemaError {
    /// A JSON pointer into the schema; empty for the whole.
    pub pointer: String,
    pub message: String,
}

/// Where an input does not keep to its schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}{message}", if path.is_empty() { String::new() } else { format!("{path}: ") })]
pub struct InputError {
    /// A JSON pointer into the input; empty for the whole.
    pub path: String,
    pub message: String,
}

/// A compiled schema of inputs; immutable, to be kept as long as its template version.
#[derive(Clone, Debug)]
pub struct InputSchema {
    schema: Value,
    validator: Validator,
}

/// Compiles a schema as everything in Tasker reads it, results as well as inputs.
///
/// # Errors
/// What is wrong in it, at most [`MAX_ERRORS`].
pub fn compile(schema: &Value) -> Result<Validator, Vec<SchemaError>> {
    hops::check(schema).map_err(|error| vec![error])?;
    let options = jsonschema::options()
        .should_validate_formats(true)
        .offline();
    options.build(schema).map_err(|first| {
        let mut errors = against_meta_schema(schema);
        if errors.is_empty() {
            errors.push(SchemaError::of(&first));
        }
        errors
    })
}

/// All that the meta-schema has against it, where it is of a draft that is much in use.
fn against_meta_schema(schema: &Value) -> Vec<SchemaError> {
    let meta = match schema.get("$schema").and_then(Value::as_str) {
        None => jsonschema::draft202012::meta::validator(),
        Some(uri) if uri.contains("2020-12") => jsonschema::draft202012::meta::validator(),
        Some(uri) if uri.contains("draft-07") => jsonschema::draft7::meta::validator(),
        Some(_) => return Vec::new(),
    };
    let errors = meta.iter_errors(schema).take(MAX_ERRORS);
    let mut errors: Vec<_> = errors.map(|error| SchemaError::of(&error)).collect();
    // The vocabularies of a draft are checked one by one, and each says the same.
    errors.sort();
    errors.dedup();
    errors
}

impl SchemaError {
    fn of(error: &ValidationError<'_>) -> Self {
        let pointer = error.instance_path().to_string();
        let mut message = format!("not a JSON Schema: {}", shortened(error));
        if pointer.ends_with("/type") {
            message.push_str(
                "; a type is array, boolean, integer, null, number, object or string, or a list of these",
            );
        }
        Self { pointer, message }
    }
}

impl InputSchema {
    /// Compiles the schema.
    ///
    /// # Errors
    /// What is wrong in it, at most [`MAX_ERRORS`].
    pub fn compile(schema: &Value) -> Result<Self, Vec<SchemaError>> {
        let validator = compile(schema)?;
        Ok(Self {
            schema: schema.clone(),
            validator,
        })
    }

    /// The input with the schema's defaults filled in, if it then keeps to the schema.
    ///
    /// Defaults are filled in where a property is missing, in objects inside objects and arrays as
    /// well, through `properties`, `items`, `allOf` and references; not through `anyOf`, `oneOf`
    /// and `if`. A default that is filled in gets defaults of its own, but not through references.
    ///
    /// # Errors
    /// Where it does not, at most [`MAX_ERRORS`].
    pub fn accept(&self, mut input: Value) -> Result<Value, Vec<InputError>> {
        let filling = Filling {
            root: &self.schema,
            is_inside_default: false,
        };
        filling.fill(&mut input, &self.schema, &mut HashSet::new());
        let errors = self.validator.iter_errors(&input).take(MAX_ERRORS);
        let errors: Vec<_> = errors.map(|error| InputError::of(&error)).collect();
        if errors.is_empty() {
            Ok(input)
        } else {
            Err(errors)
        }
    }
}

impl InputError {
    fn of(error: &ValidationError<'_>) -> Self {
        Self {
            path: error.instance_path().to_string(),
            message: shortened(error),
        }
    }
}

fn shortened(error: &ValidationError<'_>) -> String {
    let message = error.to_string();
    match message.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}

/// Filling in defaults ends: it goes down the input as it was given, follows a reference once at
/// each place, and inside a default it goes down the schema as it is written.
struct Filling<'s> {
    root: &'s Value,
    is_inside_default: bool,
}

impl<'s> Filling<'s> {
    /// `followed`: the references that were followed at this place of the input.
    fn fill(&self, value: &mut Value, schema: &'s Value, followed: &mut HashSet<&'s str>) {
        if let Some(target) = self.follow(schema, followed) {
            self.fill(value, target, followed);
        }
        for part in schema
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            self.fill(value, part, followed);
        }
        match value {
            Value::Object(object) => self.fill_object(object, schema),
            Value::Array(items) => {
                let Some(of_items) = schema.get("items") else {
                    return;
                };
                items
                    .iter_mut()
                    .for_each(|item| self.fill(item, of_items, &mut HashSet::new()));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn fill_object(&self, object: &mut Map<String, Value>, schema: &'s Value) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, property) in properties.into_iter().flatten() {
            if let Some(value) = object.get_mut(key) {
                self.fill(value, property, &mut HashSet::new());
            } else if let Some(default) = property.get("default") {
                let mut value = default.clone();
                let inside = Self {
                    is_inside_default: true,
                    ..*self
                };
                inside.fill(&mut value, property, &mut HashSet::new());
                object.insert(key.clone(), value);
            }
        }
    }

    /// The part of the schema that `$ref` names, if it was not followed here before.
    fn follow(&self, schema: &'s Value, followed: &mut HashSet<&'s str>) -> Option<&'s Value> {
        let reference = schema.get("$ref")?.as_str()?;
        let pointer = reference.strip_prefix('#')?;
        let is_new = !self.is_inside_default && followed.insert(reference);
        is_new.then(|| self.root.pointer(pointer)).flatten()
    }
}
