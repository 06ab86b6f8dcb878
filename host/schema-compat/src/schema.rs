//! JSON Schemas: that they compile, that a value keeps to one, and their defaults.
//!
//! References lead nowhere outside the schema itself; formats (`email`, `date-time` …) are enforced.
//! Whatever a schema says, holding a value against it takes a bounded time.

mod defaults;
mod effort;
mod example;
mod hops;
mod leads;
mod patterns;
mod places;

pub(crate) use defaults::filled_default;
pub use effort::MAX_CHECKS;
pub use example::example_input;

use jsonschema::{Draft, ValidationError, ValidationOptions, Validator};
use leads::Leads;
use patterns::Patterns;
use serde::Serialize;
use serde_json::Value;

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

/// A compiled schema as everything in Tasker reads it: of inputs, results, descriptors.
#[derive(Clone, Debug)]
pub struct Schema {
    root: Value,
    validator: Validator,
    patterns: Patterns,
    /// What one place of a value costs at most; `None` if it depends on the value.
    checks_a_place: Option<u64>,
}

/// A compiled schema of inputs; immutable, to be kept as long as its template version.
#[derive(Clone, Debug)]
pub struct InputSchema(Schema);

/// How a part of a schema is read as a schema of its own, for a comparison.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) draft: Draft,
    pub(crate) has_formats: bool,
}

impl Schema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// What is wrong in it, at most [`MAX_ERRORS`]: also where it leads outside of itself, or so
    /// often to itself that values could not be held against it.
    pub fn compile(schema: &Value) -> Result<Self, Vec<SchemaError>> {
        hops::check(schema).map_err(|error| vec![error])?;
        let validator = options(true).build(schema).map_err(|first| {
            let mut errors = against_meta_schema(schema);
            if errors.is_empty() {
                errors.push(SchemaError::of(&first));
            }
            errors
        })?;
        Self::bounded(schema.clone(), validator).map_err(|error| vec![error])
    }

    /// Compiles a part of a schema that compiled; `None` if it is not a schema of its own.
    pub(crate) fn of_part(part: Value, reading: Reading) -> Option<Self> {
        hops::check(&part).ok()?;
        let options = options(reading.has_formats).with_draft(reading.draft);
        let validator = options.build(&part).ok()?;
        Self::bounded(part, validator).ok()
    }

    fn bounded(root: Value, validator: Validator) -> Result<Self, SchemaError> {
        let leads = Leads::of(&root);
        leads.stay_inside()?;
        let patterns = Patterns::of(&leads)?;
        let checks_a_place = effort::checks_a_place(&leads, &patterns);
        Ok(Self {
            root,
            validator,
            patterns,
            checks_a_place,
        })
    }

    /// The schema that was compiled.
    pub fn source(&self) -> &Value {
        &self.root
    }

    /// Holds a value against the schema.
    ///
    /// # Errors
    /// Where it does not keep to it, at most [`MAX_ERRORS`]; also where finding out would take more
    /// than [`MAX_CHECKS`] checks.
    pub fn check(&self, value: &Value) -> Result<(), Vec<InputError>> {
        if self.is_too_much(value) {
            return Err(vec![InputError::too_much()]);
        }
        let errors = self.validator.iter_errors(value).take(MAX_ERRORS);
        let errors: Vec<_> = errors.map(|error| InputError::of(&error)).collect();
        match errors.is_empty() {
            true => Ok(()),
            false => Err(errors),
        }
    }

    /// Whether a value keeps to the schema; `None` if finding out would take too long.
    pub fn takes(&self, value: &Value) -> Option<bool> {
        (!self.is_too_much(value)).then(|| self.validator.is_valid(value))
    }

    fn is_too_much(&self, value: &Value) -> bool {
        !effort::is_small(self.checks_a_place, value)
            && effort::bound(&self.root, &self.patterns, value).is_err()
    }
}

/// What all schemas are compiled with.
fn options(has_formats: bool) -> ValidationOptions<'static> {
    jsonschema::options()
        .should_validate_formats(has_formats)
        .with_pattern_options(patterns::engine())
        .offline()
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
        if pointer.ends_with("/pattern") || pointer.ends_with("/patternProperties") {
            message.push_str("; a pattern looks neither ahead nor back, and is not too large");
        }
        Self { pointer, message }
    }
}

impl InputSchema {
    /// Compiles the schema.
    ///
    /// # Errors
    /// See [`Schema::compile`].
    pub fn compile(schema: &Value) -> Result<Self, Vec<SchemaError>> {
        Schema::compile(schema).map(Self)
    }

    /// The input with the schema's defaults filled in, if it then keeps to the schema.
    ///
    /// Defaults are filled in where a property is missing, in objects inside objects and arrays as
    /// well, through `properties`, `items`, `allOf` and references; not through `anyOf`, `oneOf`
    /// and `if`. A default that is filled in gets defaults of its own, but not through references.
    ///
    /// # Errors
    /// See [`Schema::check`]; also where defaults would add too much.
    pub fn accept(&self, mut input: Value) -> Result<Value, Vec<InputError>> {
        // Filling in goes where checking would go.
        if self.0.is_too_much(&input) {
            return Err(vec![InputError::too_much()]);
        }
        defaults::fill(&self.0.root, &mut input).map_err(|error| vec![error])?;
        self.0.check(&input)?;
        Ok(input)
    }
}

impl InputError {
    fn too_much() -> Self {
        Self {
            path: String::new(),
            message: format!(
                "validating this against its schema takes more than {MAX_CHECKS} checks; nest it less \
                 deeply, or have fewer references and choices in the schema"
            ),
        }
    }

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

#[cfg(test)]
mod tests;
