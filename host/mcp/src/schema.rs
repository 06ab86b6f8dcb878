//! Schemas of an OpenAPI document, so that they stand alone.

use serde_json::{Map, Value};

/// Where an OpenAPI document has its schemas, and where a schema that stands alone has them.
const COMPONENTS: &str = "#/components/schemas/";
const DEFINITIONS: &str = "#/$defs/";

/// The schemas of a document that others name.
pub(crate) struct Named<'a>(Option<&'a Map<String, Value>>);

impl<'a> Named<'a> {
    pub(crate) fn of(document: &'a Value) -> Self {
        Self(document["components"]["schemas"].as_object())
    }

    /// The same schema with names that lead into `definitions`, to which what it needs is added.
    pub(crate) fn alone(&self, schema: &Value, definitions: &mut Map<String, Value>) -> Value {
        match schema {
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| {
                    let named = value.as_str().and_then(|it| it.strip_prefix(COMPONENTS));
                    let value = match named.filter(|_| name == "$ref") {
                        Some(named) => {
                            self.define(named, definitions);
                            format!("{DEFINITIONS}{named}").into()
                        }
                        None => self.alone(value, definitions),
                    };
                    (name.clone(), value)
                });
                Value::Object(members.collect())
            }
            Value::Array(items) => {
                let items = items.iter().map(|item| self.alone(item, definitions));
                Value::Array(items.collect())
            }
            other => other.clone(),
        }
    }

    fn define(&self, name: &str, definitions: &mut Map<String, Value>) {
        let schema = self.0.and_then(|schemas| schemas.get(name));
        let Some(schema) = schema.filter(|_| !definitions.contains_key(name)) else {
            return;
        };
        // Before what it needs, which may need it in turn.
        definitions.insert(name.to_owned(), Value::Null);
        let schema = self.alone(schema, definitions);
        definitions.insert(name.to_owned(), schema);
    }
}
