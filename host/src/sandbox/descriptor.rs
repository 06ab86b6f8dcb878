//! What a component says of itself.

use crate::domain::name::Name;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an upload was found to hold; kept with it as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Descriptor {
    /// The version of `tasker:step` that it was built against.
    pub contract: String,
    /// Its handlers; none where it does not tell.
    pub handlers: Option<Vec<HandlerDescription>>,
    /// What its handlers want to be granted.
    pub capabilities: Vec<String>,
    /// The interfaces that it imports, with versions.
    pub imports: Vec<String>,
}

/// One handler, as its author describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandlerDescription {
    pub name: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Value>,
    /// JSON Schema of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_schema: Option<Value>,
    /// Codes of the failures that it may return.
    #[serde(default)]
    pub error_codes: Vec<String>,
    /// Defaults for a step's `retry`, in the words of a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Value>,
}

/// What `describe` returns.
#[derive(Deserialize)]
pub(super) struct Described {
    pub(super) handlers: Vec<HandlerDescription>,
    #[serde(default)]
    pub(super) capabilities: Vec<String>,
}

impl Descriptor {
    /// True where the component has the handler or does not tell which it has.
    pub fn may_have(&self, handler: &str) -> bool {
        let Some(handlers) = &self.handlers else {
            return true;
        };
        handlers
            .iter()
            .any(|described| described.name.as_str() == handler)
    }
}
